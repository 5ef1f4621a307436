import type { User as Listener } from '../users/users.ts';
import type { Uploads } from './middleware/uploads.ts';

declare global {
  namespace Express {
    // passport sets it to the signed-in listener.
    interface User extends Listener {}
    interface Request {
      uploads?: Uploads;
    }
  }
}

export interface Flash {
  readonly kind: 'info' | 'error';
  readonly text: string;
  readonly lines?: readonly string[];
  /** A form with one button, which takes back what was done. */
  readonly undo?: { readonly action: string; readonly words: string };
}

declare module 'express-session' {
  interface SessionData {
    csrfToken?: string;
    flash?: Flash;
    /** Of the browser at sign-in, to tell devices apart. */
    userAgent?: string;
  }
}
