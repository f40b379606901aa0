// A TLS server and a load client for the egress benchmark, in C so that on two cores the proxy is what is measured.
//   load serve CERT KEY
//     prints its port; answers GET /v1/bytes/N with N bytes, and anything with a body, once that has come, with none
//   load drive CA HOST PORT PROXY_PORT|0 CONNECTIONS WARM_UP_MS MS DOWN_BYTES UP_BYTES
//     prints answered requests per second after the warm-up, and how many were answered in all; CA - verifies nothing
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536

struct peer {
  int fd;
  SSL *ssl;
  // What was read and is not a whole head yet, and how much body is still to come.
  char in[BUFFER];
  int used;
  long long left;
  int in_body;
  // A head and the first of its body; the rest of the body is written from the same bytes again.
  char out[BUFFER + 512];
  int head;
  long long total, sent, body;
  int blocked;
};

static void die(const char *what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void watch(int poller, int operation, struct peer *peer, int fd, int out) {
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = peer};
  if (epoll_ctl(poller, operation, fd, &event) != 0) die("epoll_ctl");
}

static struct peer *new_peer(int fd, SSL *ssl) {
  struct peer *peer = calloc(1, sizeof *peer);
  peer->fd = fd;
  peer->ssl = ssl;
  peer->body = -1;
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return peer;
}

static void no_delay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void drop(struct peer *peer) {
  SSL_free(peer->ssl);
  close(peer->fd);
  free(peer);
}

// Writes what can be written now.
static void pump(int poller, struct peer *peer) {
  while (peer->sent < peer->total) {
    long long fits = peer->head + (peer->body < BUFFER ? peer->body : BUFFER);
    char *from = peer->sent < fits ? peer->out + peer->sent : peer->out + peer->head;
    long long most = peer->sent < fits ? fits - peer->sent : peer->total - peer->sent;
    ERR_clear_error();
    int wrote = SSL_write(peer->ssl, from, (int)(most < BUFFER ? most : BUFFER));
    if (wrote <= 0) break;
    peer->sent += wrote;
  }
  int blocked = peer->sent < peer->total;
  if (blocked != peer->blocked) watch(poller, EPOLL_CTL_MOD, peer, peer->fd, blocked);
  peer->blocked = blocked;
}

// The same message as last time costs no more than its writing.
static void say(int poller, struct peer *peer, const char *head, long long body) {
  if (peer->body != body) {
    peer->head = (int)strlen(head);
    memcpy(peer->out, head, peer->head);
    memset(peer->out + peer->head, 'x', BUFFER);
    peer->body = body;
  }
  peer->total = peer->head + body;
  peer->sent = 0;
  pump(poller, peer);
}

// Reads what there is; 0 when the peer is gone.
static int fill(struct peer *peer) {
  // What went wrong with another peer would be taken for this one's error.
  ERR_clear_error();
  int got = SSL_read(peer->ssl, peer->in + peer->used, BUFFER - peer->used);
  if (got > 0) {
    peer->used += got;
    return 1;
  }
  int error = SSL_get_error(peer->ssl, got);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : 0;
}

static long long number_after(const char *head, const char *what) {
  char *found = strcasestr(head, what);
  return found == NULL ? 0 : atoll(found + strlen(what));
}

// Whether a message has ended; `head` is where its head is left for whoever wants to read it.
static int message_ended(struct peer *peer, char *head, int size) {
  if (!peer->in_body) {
    char *end = memmem(peer->in, peer->used, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    int length = (int)(end + 4 - peer->in);
    if (length >= size) die("a head is too long");
    memcpy(head, peer->in, length);
    head[length] = 0;
    peer->left = number_after(head, "\r\nContent-Length:");
    peer->in_body = 1;
    memmove(peer->in, peer->in + length, peer->used -= length);
  }
  int taken = peer->left < peer->used ? (int)peer->left : peer->used;
  peer->left -= taken;
  memmove(peer->in, peer->in + taken, peer->used -= taken);
  if (peer->left > 0) return 0;
  peer->in_body = 0;
  return 1;
}

static void answer(int poller, struct peer *peer, const char *request) {
  char head[256];
  long long bytes = number_after(request, "GET /v1/bytes/");
  const char *fields = "Content-Type: text/plain\r\nDate: Mon, 01 Jan 2029 00:00:00 GMT\r\nServer: bench\r\n";
  sprintf(head, "HTTP/1.1 200 OK\r\n%sContent-Length: %lld\r\n\r\n", fields, bytes);
  say(poller, peer, head, bytes);
}

static void serve(const char *cert, const char *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, cert) != 1 || SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die("certificate");
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 512) != 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int poller = epoll_create1(0);
  watch(poller, EPOLL_CTL_ADD, NULL, listener, 0);
  static char head[8192];
  struct epoll_event events[256];
  for (;;) {
    int count = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (peer == NULL) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) continue;
        no_delay(fd);
        SSL *ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
        SSL_set_accept_state(ssl);
        watch(poller, EPOLL_CTL_ADD, new_peer(fd, ssl), fd, 0);
        continue;
      }
      if (peer->blocked) pump(poller, peer);
      int got;
      while ((got = fill(peer)) == 1) {
        while (message_ended(peer, head, sizeof head)) answer(poller, peer, head);
        if (SSL_pending(peer->ssl) == 0) break;
      }
      if (got == 0) drop(peer);
    }
  }
}

static int dial(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
  no_delay(fd);
  return fd;
}

static void tunnel(int fd, const char *host) {
  char text[1024];
  int length = sprintf(text, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host);
  if (write(fd, text, length) != length) die("write");
  int used = 0;
  while (used < 4 || memmem(text, used, "\r\n\r\n", 4) == NULL) {
    int got = read(fd, text + used, sizeof text - used);
    if (got <= 0) die("CONNECT");
    used += got;
  }
  if (memcmp(text + 9, "200", 3) != 0) die("CONNECT refused");
}

static long long now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

struct drive {
  const char *ca, *host;
  int port, proxy, connections, warm_up_ms, ms;
  long long down, up;
};

static struct peer *open_peer(int poller, SSL_CTX *context, const struct drive *drive) {
  int fd = dial(drive->proxy != 0 ? drive->proxy : drive->port);
  if (drive->proxy != 0) tunnel(fd, drive->host);
  SSL *ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  SSL_set_tlsext_host_name(ssl, drive->host);
  SSL_set1_host(ssl, drive->host);
  if (SSL_connect(ssl) != 1) die("handshake");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  struct peer *peer = new_peer(fd, ssl);
  watch(poller, EPOLL_CTL_ADD, peer, fd, 0);
  return peer;
}

static void drive(const struct drive *drive) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (strcmp(drive->ca, "-") != 0) {
    if (SSL_CTX_load_verify_locations(context, drive->ca, NULL) != 1) die("CA");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  }
  char request[512];
  const char *fields = "User-Agent: bench\r\nAccept: */*\r\nAuthorization: Bearer placeholder\r\n";
  if (drive->up > 0)
    sprintf(request, "POST /v1/upload HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/octet-stream\r\nContent-Length: %lld\r\n\r\n", drive->host, fields, drive->up);
  else sprintf(request, "GET /v1/bytes/%lld HTTP/1.1\r\nHost: %s\r\n%s\r\n", drive->down, drive->host, fields);
  int poller = epoll_create1(0);
  for (int i = 0; i < drive->connections; i++) say(poller, open_peer(poller, context, drive), request, drive->up);
  static char head[8192];
  struct epoll_event events[256];
  long long begin = now_us() + drive->warm_up_ms * 1000LL, end = begin + drive->ms * 1000LL, at = 0;
  long answered = 0, counted = 0;
  while ((at = now_us()) < end) {
    int count = epoll_wait(poller, events, 256, 100);
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (peer->blocked) pump(poller, peer);
      int got;
      while ((got = fill(peer)) == 1) {
        if (message_ended(peer, head, sizeof head)) {
          if (memcmp(head + 9, "200", 3) != 0) {
            fputs(head, stderr);
            exit(1);
          }
          answered++;
          if (at >= begin) counted++;
          say(poller, peer, request, drive->up);
        }
        if (SSL_pending(peer->ssl) == 0) break;
      }
      if (got == 0) die("closed");
    }
  }
  printf("%.2f %ld\n", counted * 1e6 / (double)(drive->ms * 1000LL), answered);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc == 4 && strcmp(argv[1], "serve") == 0) serve(argv[2], argv[3]);
  if (argc != 11 || strcmp(argv[1], "drive") != 0) return 2;
  drive(&(struct drive){argv[2], argv[3], atoi(argv[4]), atoi(argv[5]), atoi(argv[6]), atoi(argv[7]), atoi(argv[8]), atoll(argv[9]), atoll(argv[10])});
  return 0;
}
