/** What happens when many come at once, when replies are slow, and when the target fails for a while. */
import { FEW_ERRORS, say, type Template, think } from './template.ts'

const concurrency: Template = {
  name: 'concurrency',
  category: 'Resilience',
  summary: 'Twenty users at the same moment, each with a conversation of its own',
  messages: { perIteration: 2, iterations: 100 },
  scenario: () => ({
    load: [{ name: 'flood', iterationsPerUser: 5, users: 20 }],
    steps: [
      say('Remember the number {{user.number}}{{iteration.count}} for me.', 'remember'),
      say('Which number was it?', 'recall'),
    ],
    thresholds: [FEW_ERRORS, 'response_time p95 < 10s'],
  }),
  comments: { load: 'No think time and no ramp: all users are there at once.' },
}

const timeout: Template = {
  name: 'timeout',
  category: 'Resilience',
  summary: 'Short deadlines: replies that are too slow are failures, and most must still make it',
  about: ['Against the mock one reply in ten hangs in the middle: the deadlines find exactly those.'],
  messages: { perIteration: 1, iterations: 40 },
  mock: { stallRate: 0.1, firstTokenMs: 50 },
  targetKeys: { timeouts: { firstToken: '1s', idle: '500ms', total: '3s' } },
  scenario: ({ mock }) => ({
    load: [{ name: 'deadlines', iterations: 40, users: 4 }],
    steps: [
      say('Explain in two sentences what a deadline is.', 'short deadline', {
        expect: [{ ttft: '< 500ms' }, { service_time: '< 2s' }],
      }),
    ],
    thresholds: [
      mock ? 'errors ratio < 40%' : FEW_ERRORS,
      'ttft p95 < 500ms',
      'service_time p95 < 2s',
      { threshold: 'timeouts count >= 1', severity: 'warn' },
    ],
  }),
  comments: {
    steps: 'Lines on time do not fail an attempt: they say which replies count as good (goodput).',
    thresholds:
      'Missed deadlines are errors of the classes timeout_first_token, timeout_idle and timeout_total. The last line warns when no reply was late: nothing was shown then.',
  },
}

const errorRecovery: Template = {
  name: 'error-recovery',
  category: 'Resilience',
  summary: 'Errors, rate limits and an outage: failed attempts are tried again, and everything must be answered in the end',
  about: ['Against the mock every seventh request is answered 429, and five in a row with 503.'],
  messages: { perIteration: 1, iterations: 30, note: 'and one more for each attempt that failed and was tried again' },
  mock: { rateLimitEvery: 7, retryAfterSeconds: 0, unavailableAfter: 15, unavailableFor: 5 },
  scenario: ({ mock }) => ({
    load: [{ name: 'through the outage', iterations: 30, users: 3 }],
    onError: {
      default: 'retry',
      retry: { max: 6, delay: '250ms', multiplier: 2, maxDelay: '5s', jitter: true, retryAfter: true },
      rules: [{ status: [400, 401, 403, 404], do: 'abort' }],
    },
    steps: [say('Are you there? Answer in one word.', 'ask'), think('50ms')],
    thresholds: [
      mock ? 'errors ratio < 50%' : FEW_ERRORS,
      { threshold: 'ok count >= 30', on_missing: 'fail' },
      'ttft p95 < 2s',
      { threshold: 'failed count >= 1', severity: 'warn' },
    ],
  }),
  comments: {
    onError: 'Each retry is an attempt of its own in every count. A request that is wrong is not tried again.',
    thresholds:
      'All 30 messages must be answered in the end, however many attempts it takes. The last line warns when the target made no error: nothing had to recover then.',
  },
}

export const resilienceTemplates: readonly Template[] = [concurrency, timeout, errorRecovery]
