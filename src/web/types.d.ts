import type { User as Listener } from '../users/users.ts';
import type { Uploads } from './middleware/uploads.ts';

declare global {
  namespace Express {
    // passport puts the signed-in listener into req.user.
    interface User extends Listener {}
    interface Request {
      /** The files of a form, waiting to be read (middleware/file-upload.ts). */
      uploads?: Uploads;
    }
  }
}

export interface Flash {
  readonly kind: 'info' | 'error';
  readonly text: string;
  /** What else there is to say, a line each. */
  readonly lines?: readonly string[];
  /** A form of one button that takes back what was done: where it goes, what it says. */
  readonly undo?: { readonly action: string; readonly words: string };
}

declare module 'express-session' {
  interface SessionData {
    csrfToken?: string;
    flash?: Flash;
    /** As the browser called itself when it signed in, to tell one's devices apart. */
    userAgent?: string;
  }
}
