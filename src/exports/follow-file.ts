import { open } from 'node:fs/promises';

const CHUNK = 65_536;

export class Growth {
  private written = 0;
  private ended: { readonly error?: unknown } | undefined;
  private wake: () => void = () => undefined;

  grow(written: number): void {
    this.written = written;
    this.wake();
  }

  end(ending: { readonly error?: unknown }): void {
    this.ended = ending;
    this.wake();
  }

  /** False if the file will never be longer than `position`. @throws the error that stopped the writing */
  async beyond(position: number): Promise<boolean> {
    for (;;) {
      if (this.ended && 'error' in this.ended) throw this.ended.error;
      if (this.written > position) return true;
      if (this.ended) return false;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** One reader for one Growth. */
export async function* followFile(file: string, growth: Growth): AsyncGenerator<Buffer> {
  if (!(await growth.beyond(0))) return;
  const handle = await open(file, 'r');
  try {
    for (let position = 0; await growth.beyond(position);) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
      position += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
