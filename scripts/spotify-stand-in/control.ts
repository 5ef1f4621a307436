import { z } from 'zod';
import { json, type Answer } from './answers.ts';
import { activate, faultRuleShape } from './faults.ts';
import type { StandInRequest, StandInState } from './state.ts';

/** Endpoints that make a running stand-in fail, heal it and report its state. */
export function control(state: StandInState, request: StandInRequest): Answer {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'POST /stand-in/faults':
      return addFault(state, request.body);
    case 'DELETE /stand-in/faults':
      state.faults = [];
      return json(200, { faults: [] });
    case 'PUT /stand-in/oddities':
      return setOddities(state, request.body);
    case 'GET /stand-in/state':
      return json(200, report(state));
    default:
      return json(404, {
        problem: 'POST or DELETE /stand-in/faults, PUT /stand-in/oddities, or GET /stand-in/state',
      });
  }
}

function addFault(state: StandInState, body: string): Answer {
  const rule = z.safeParse(faultRuleShape, parse(body));
  if (!rule.success) return json(400, { problem: z.prettifyError(rule.error) });
  state.faults.push(activate(rule.data));
  return json(201, { faults: activeFaults(state) });
}

const odditiesShape = z.strictObject({
  withdrawnStatus: z.union([z.literal(400), z.literal(502)]).optional(),
  readsPrivateItems: z.boolean().optional(),
  topDepth: z.int().min(0).optional(),
  quotas: z.record(z.string(), z.int().min(0)).optional(),
});

function setOddities(state: StandInState, body: string): Answer {
  const wanted = z.safeParse(odditiesShape, parse(body));
  if (!wanted.success) return json(400, { problem: z.prettifyError(wanted.error) });
  Object.assign(state.odd, wanted.data);
  return json(200, { oddities: state.odd });
}

const activeFaults = (state: StandInState) => state.faults.filter((fault) => fault.left > 0);

/** Without codes and tokens. */
const report = (state: StandInState) => ({
  listeners: state.listeners.map(({ id, displayName, allowListed = true, topTracks }) => ({
    id,
    displayName,
    allowListed,
    topTracks: Object.fromEntries(Object.entries(topTracks).map(([range, list]) => [range, list.length])),
  })),
  signedInAs: state.signedInAs,
  faults: activeFaults(state),
  oddities: state.odd,
  playlists: state.playlists,
  calls: state.calls.slice(-200),
});

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
