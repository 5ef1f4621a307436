/** Routes and jobs, nothing personal: a thread reads and logs them while the process hangs. */
const [SLOTS, SLOT_BYTES] = [16, 128];

export interface UnderWay {
  readonly memory: SharedArrayBuffer;
  readonly beats: Int32Array;
  readonly slots: readonly Buffer[];
}

export function underWayIn(memory: SharedArrayBuffer): UnderWay {
  const slots = Array.from({ length: SLOTS }, (_, n) =>
    Buffer.from(memory, Int32Array.BYTES_PER_ELEMENT + n * SLOT_BYTES, SLOT_BYTES),
  );
  return { memory, beats: new Int32Array(memory, 0, 1), slots };
}

export const underWay = underWayIn(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT + SLOTS * SLOT_BYTES));

export const listUnderWay = ({ slots }: UnderWay): string[] =>
  slots
    .filter(([length]) => length !== undefined && length > 0)
    .map((slot) => slot.toString('latin1', 1, 1 + Number(slot[0])));

export interface Doing {
  rename(what: string): void;
  end(): void;
}

const free = [...underWay.slots];
const UNNAMED: Doing = { rename: () => undefined, end: () => undefined };

export function begin(what: string): Doing {
  const slot = free.pop();
  if (slot === undefined) return UNNAMED;
  const write = (text: string): void => void (slot[0] = slot.write(text, 1, 'latin1'));
  let ended = false;
  write(what);
  return {
    rename: (text) => ended || write(text),
    end() {
      if (ended) return;
      ended = true;
      slot[0] = 0;
      free.push(slot);
    },
  };
}
