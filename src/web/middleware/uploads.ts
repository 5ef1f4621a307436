import type { BusboyFileStream } from '@fastify/busboy';

export interface UploadedFile {
  /** On the listener's machine; empty if no file was chosen. */
  readonly name: string;
  readonly content: BusboyFileStream;
}

/** In the form's order; each must be read before the next one comes. */
export class Uploads implements AsyncIterable<UploadedFile> {
  private readonly waiting: UploadedFile[] = [];
  private ended: { readonly error?: Error } | null = null;
  private wake: () => void = () => undefined;

  add(file: UploadedFile): void {
    // Without a reader the end of a file would be an unhandled error.
    file.content.on('error', () => undefined);
    this.waiting.push(file);
    this.wake();
  }

  end(error?: Error): void {
    this.ended ??= error === undefined ? {} : { error };
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<UploadedFile> {
    for (;;) {
      const file = this.waiting.shift();
      if (file !== undefined) yield file;
      else if (this.ended === null) await new Promise<void>((resolve) => (this.wake = resolve));
      else if (this.ended.error === undefined) return;
      else throw this.ended.error;
    }
  }
}
