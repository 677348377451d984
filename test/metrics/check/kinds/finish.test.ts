import { describe, expect, test } from 'vitest'
import { run } from '../reply.ts'

describe('finish reasons', () => {
  test.each<[string, string | string[], boolean, string]>([
    ['end_turn', 'stop', true, 'finish end_turn (stop)'],
    ['STOP', 'stop', true, 'finish STOP (stop)'],
    ['completed', 'stop', true, 'finish completed (stop)'],
    ['end_turn', 'end_turn', true, 'finish end_turn (stop)'],
    ['stop', 'end_turn', false, 'finish stop'],
    ['MAX_TOKENS', 'stop', false, 'finish MAX_TOKENS (length)'],
    ['max_output_tokens', ['stop', 'length'], true, 'finish max_output_tokens (length)'],
    ['tool_use', 'tool_calls', true, 'finish tool_use (tool_calls)'],
    ['SAFETY', 'content_filter', true, 'finish SAFETY (content_filter)'],
    ['pause_turn', 'pause_turn', true, 'finish pause_turn'],
  ])('%s against %s: %s', (finishReason, wanted, passed, observed) => {
    expect(run({ finish: wanted }, { exchange: { finishReason } })).toEqual({ passed, observed })
  })
})
