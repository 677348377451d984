import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { onErrorBlock } from '../../../../src/templates/foreign/krawall/errors.ts'

const block = (data: object) => onErrorBlock(new ForeignFields(data, new Notes(), 'errorHandling'))
const RETRY = { max: 5, delay: '1000ms', multiplier: 1.5, maxDelay: '30000ms', jitter: false }

test.each<[string, object, object | undefined]>([
  ['nothing', {}, undefined],
  ['an action', { onError: 'abort' }, { default: 'abort' }],
  ['an action that nobody knows', { onError: 'explode' }, { default: 'skip' }],
  ['a retry', { onError: 'retry', retryConfig: { maxRetries: 5 } }, { default: 'retry', retry: RETRY }],
  ['a retry that nothing asks for', { onError: 'skip', retryConfig: { maxRetries: 5 } }, { default: 'skip' }],
  [
    'rules',
    {
      statusCodeRules: [{ codes: [429], action: 'retry' }, { codes: 500, action: 'abort' }, 'x'],
      retryConfig: { maxRetries: 5 },
    },
    {
      default: 'skip',
      retry: RETRY,
      rules: [
        { status: [429], do: 'retry' },
        { status: [500], do: 'abort' },
      ],
    },
  ],
  [
    'a rule with a retry of its own',
    { statusCodeRules: [{ codes: [429], action: 'retry', retryConfig: { delayMs: 5 } }], retryConfig: { maxRetries: 5 } },
    { default: 'skip', retry: RETRY, rules: [{ status: [429], do: 'retry', retry: { ...RETRY, delay: '5ms' } }] },
  ],
])('%s', (_, data, expected) => expect(block(data)).toEqual(expected))
