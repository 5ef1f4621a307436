import type { BusboyFileStream } from '@fastify/busboy';

export interface UploadedFile {
  /** As the listener's machine calls it; empty where no file was chosen. */
  readonly name: string;
  readonly content: BusboyFileStream;
}

/** The files of a form in their order, each to be read before the next comes. */
export class Uploads implements AsyncIterable<UploadedFile> {
  private readonly waiting: UploadedFile[] = [];
  private ended: { readonly error?: Error } | null = null;
  private wake: () => void = () => undefined;

  add(file: UploadedFile): void {
    // Where nobody reads it, its end is nobody's concern.
    file.content.on('error', () => undefined);
    this.waiting.push(file);
    this.wake();
  }

  end(error?: Error): void {
    this.ended ??= error === undefined ? {} : { error };
    this.wake();
  }

  /** @throws the error that ended them */
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
