import helmet from 'helmet';
import type { RequestHandler } from 'express';
import type { Config } from '../../config.ts';
import { ART_HOSTS } from '../page/helpers.ts';

const artOrigins = ({ artUrl }: Pick<Config, 'artUrl'>): string[] => [
  ...ART_HOSTS.map((host) => `https://${host}`),
  ...(artUrl === null ? [] : [new URL(artUrl).origin]),
];

/** Everything loads from ourselves, and pictures from Spotify too. */
export function securityHeaders(config: Pick<Config, 'baseUrl' | 'artUrl'>): RequestHandler[] {
  const overHttps = config.baseUrl.startsWith('https:');
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'"],
          'style-src': ["'self'"],
          'font-src': ["'self'"],
          'img-src': ["'self'", ...artOrigins(config)],
          'connect-src': ["'self'"],
          'form-action': ["'self'"],
          'base-uri': ["'none'"],
          'object-src': ["'none'"],
          'frame-ancestors': ["'none'"],
        },
      },
      strictTransportSecurity: overHttps,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
    (_req, res, next) => {
      res.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
      next();
    },
  ];
}
