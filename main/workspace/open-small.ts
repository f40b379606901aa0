import type { Stats } from "node:fs";
import { closeSync, constants, fstatSync, open, read } from "node:fs";

/** O_NOFOLLOW: it may have become a link since its folder was read. O_NONBLOCK: or a pipe nobody writes to. */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface OpenedFile {
  readonly stat: Stats;
  /** Null for what is larger than asked for, or no file. */
  readonly content: Buffer | null;
}

/**
 * A file of at most so many bytes, read at once: exactly as long as it said it is, with zeros where it became shorter. By
 * callbacks, because a project has a hundred thousand of them and promises with handles cost more than the reading; what
 * an open descriptor tells and its closing do not wait for a disk.
 */
export function openSmall(path: Buffer, atMost: number): Promise<OpenedFile> {
  return new Promise((resolve, reject) => {
    open(path, OPEN_FLAGS, (refusal, fd) => {
      if (refusal !== null) return reject(refusal);
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.size > atMost || stat.size === 0) {
        closeSync(fd);
        return resolve({ stat, content: stat.isFile() && stat.size === 0 ? Buffer.alloc(0) : null });
      }
      const content = Buffer.allocUnsafe(stat.size);
      read(fd, content, 0, stat.size, 0, (failure, bytesRead) => {
        closeSync(fd);
        if (failure !== null) reject(failure);
        else resolve({ stat, content: content.fill(0, bytesRead) });
      });
    });
  });
}
