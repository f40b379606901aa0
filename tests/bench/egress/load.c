// A TLS server and a load client for the egress benchmark, in C so that on two cores the proxy is what is measured.
//   load serve CERT KEY BYTES                              prints its port, answers every request with BYTES bytes
//   load drive CA HOST PORT PROXY_PORT|0 CONNECTIONS WARM_UP_MS MS
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
  char *buffer;
  int used;
};

static void die(const char *what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void watch(int poller, int fd, void *data) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = data};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
}

static struct peer *new_peer(int fd, SSL *ssl) {
  struct peer *peer = calloc(1, sizeof *peer);
  *peer = (struct peer){.fd = fd, .ssl = ssl, .buffer = malloc(BUFFER)};
  return peer;
}

static void no_delay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void drop(struct peer *peer) {
  SSL_free(peer->ssl);
  close(peer->fd);
  free(peer->buffer);
  free(peer);
}

// Reads what there is; 0 when the peer is gone.
static int fill(struct peer *peer) {
  for (;;) {
    int got = SSL_read(peer->ssl, peer->buffer + peer->used, BUFFER - peer->used);
    if (got > 0) {
      peer->used += got;
      if (SSL_pending(peer->ssl) > 0 && peer->used < BUFFER) continue;
      return 1;
    }
    int error = SSL_get_error(peer->ssl, got);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }
}

static void serve(const char *cert, const char *key, int bytes) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, cert) != 1 || SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die("certificate");
  char *answer = malloc(bytes + 256);
  int head = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Mon, 01 Jan 2029 00:00:00 GMT\r\nServer: bench\r\nContent-Length: %d\r\n\r\n", bytes);
  memset(answer + head, 'x', bytes);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 512) != 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int poller = epoll_create1(0);
  watch(poller, listener, NULL);
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
        watch(poller, fd, new_peer(fd, ssl));
        continue;
      }
      if (!fill(peer)) {
        drop(peer);
        continue;
      }
      char *end;
      while ((end = memmem(peer->buffer, peer->used, "\r\n\r\n", 4)) != NULL) {
        int taken = (int)(end + 4 - peer->buffer);
        memmove(peer->buffer, end + 4, peer->used -= taken);
        SSL_write(peer->ssl, answer, head + bytes);
      }
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

// Length of the first whole answer in the buffer, or 0.
static int answer_length(struct peer *peer) {
  char *end = memmem(peer->buffer, peer->used, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (memcmp(peer->buffer + 9, "200", 3) != 0) {
    fwrite(peer->buffer, 1, peer->used, stderr);
    exit(1);
  }
  *end = 0;
  char *field = strcasestr(peer->buffer, "\r\nContent-Length:");
  *end = '\r';
  int total = (int)(end + 4 - peer->buffer) + (field == NULL ? 0 : atoi(field + 17));
  return total <= peer->used ? total : 0;
}

static void drive(const char *ca, const char *host, int port, int proxy, int connections, int warm_up_ms, int ms) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (strcmp(ca, "-") != 0) {
    if (SSL_CTX_load_verify_locations(context, ca, NULL) != 1) die("CA");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  }
  char request[512];
  int length = sprintf(request, "GET /v1/items?page=1 HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: */*\r\nAuthorization: Bearer placeholder\r\n\r\n", host);
  int poller = epoll_create1(0);
  for (int i = 0; i < connections; i++) {
    int fd = dial(proxy != 0 ? proxy : port);
    if (proxy != 0) tunnel(fd, host);
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, host);
    SSL_set1_host(ssl, host);
    if (SSL_connect(ssl) != 1) die("handshake");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    watch(poller, fd, new_peer(fd, ssl));
    SSL_write(ssl, request, length);
  }
  struct epoll_event events[256];
  long long begin = now_us() + warm_up_ms * 1000LL, end = begin + ms * 1000LL, at = 0;
  long answered = 0, counted = 0;
  while ((at = now_us()) < end) {
    int count = epoll_wait(poller, events, 256, 100);
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (!fill(peer)) die("closed");
      int total = answer_length(peer);
      if (total == 0) continue;
      memmove(peer->buffer, peer->buffer + total, peer->used -= total);
      answered++;
      if (at >= begin) counted++;
      SSL_write(peer->ssl, request, length);
    }
  }
  printf("%.0f %ld\n", counted * 1e6 / (double)(ms * 1000LL), answered);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc == 5 && strcmp(argv[1], "serve") == 0) serve(argv[2], argv[3], atoi(argv[4]));
  if (argc == 9 && strcmp(argv[1], "drive") == 0) drive(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]), atoi(argv[6]), atoi(argv[7]), atoi(argv[8]));
  return argc == 5 || argc == 9 ? 0 : 2;
}
