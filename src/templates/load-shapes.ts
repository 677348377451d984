/** One template for each way in which load can be made. */
import { type Data, FEW_ERRORS, type Messages, say, type Template } from './template.ts'

const QUESTION = say('Hello! How are you today?', 'question')
const TIMED = 'errors ratio < 1%'

/** A question, asked under a load; `comment` says what the load does. */
function shape(name: string, summary: string, load: readonly Data[], comment: string, iterations?: number): Template {
  const messages: Messages = iterations === undefined ? { perIteration: 1 } : { perIteration: 1, iterations }
  const thresholds = [iterations === undefined ? TIMED : FEW_ERRORS, 'response_time p95 < 2s']
  return {
    name,
    category: 'Load shapes',
    summary,
    messages,
    scenario: () => ({ load, steps: [QUESTION], thresholds }),
    comments: { load: comment },
  }
}

export const loadShapeTemplates: readonly Template[] = [
  shape(
    'constant-users',
    'A steady number of users, each starting over when it is done',
    [
      { name: 'warm-up', users: 5, for: '5s', warmup: true },
      { name: 'steady', users: 20, for: '1m', ramp: '10s' },
    ],
    'Closed model: a slow target gets fewer requests. The warm-up is measured, but kept out of the totals.',
  ),
  shape(
    'ramping-users',
    'A number of users that rises, holds and falls',
    [
      { name: 'up', users: { from: 1, to: 30 }, for: '30s' },
      { name: 'hold', users: 30, for: '1m' },
      { name: 'down', users: { to: 0 }, for: '15s' },
    ],
    'Phases are handed over without draining in between.',
  ),
  shape(
    'constant-rate',
    'A steady number of new conversations per second, whatever the target does',
    [{ name: 'steady', rate: '20/s', for: '1m', arrivals: 'poisson', maxUsers: 200 }],
    'Open model: arrivals come on a timetable, as independent people do. Waiting for a free user is part of response_time.',
  ),
  shape(
    'ramping-rate',
    'A rate of new conversations that rises to a peak and falls again',
    [
      { name: 'up', rate: { from: '1/s', to: '40/s' }, for: '1m' },
      { name: 'peak', rate: '40/s', for: '1m' },
      { name: 'down', rate: { to: '1/s' }, for: '30s' },
    ],
    'Open model, in three phases.',
  ),
  shape(
    'shared-iterations',
    'A fixed number of conversations, shared by a few users',
    [{ name: 'all', iterations: 200, users: 10 }],
    'Whoever is free takes the next one, until all are done.',
    200,
  ),
  shape(
    'iterations-per-user',
    'The same number of conversations for each user',
    [{ name: 'each', iterationsPerUser: 10, users: 10 }],
    'Every user makes ten.',
    100,
  ),
  shape(
    'spike',
    'Ten users, then fifty for a while, then ten again: does it come back?',
    [
      { name: 'base', users: 10, for: '30s' },
      { name: 'spike', users: 50, for: '1m' },
      { name: 'after', users: 10, for: '30s' },
    ],
    'Compare the phases in the result, or judge one: response_time{phase=after} p95 < 2s',
  ),
  shape(
    'pause',
    'Two bursts with silence between them: caches cool, connections time out',
    [
      { name: 'first', rate: '20/s', for: '20s' },
      { name: 'silence', pause: '1m' },
      { name: 'second', rate: '20/s', for: '20s' },
    ],
    'Nothing starts in a pause; connections stay open.',
  ),
  shape(
    'message-rate',
    'Each user sends twice a second on its own timetable, over a connection that it keeps',
    [{ name: 'paced', users: 20, for: '1m', pace: '2/s' }],
    'Closed model with a pace: the total is users times pace, as long as the target keeps up.',
  ),
]
