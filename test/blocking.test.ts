import { expect, test } from 'vitest'
import { isBlockWord } from '../src/blocking.ts'

test.each([
  'content_filter',
  'contentFilter',
  'SAFETY',
  'IMAGE_SAFETY',
  'refusal',
  'RECITATION',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'blocked',
  'SPII',
  'guardrail_intervened',
  'content_filtered',
  'ERROR_TOXIC',
  'MODEL_ARMOR',
  'sensitive',
  'content_policy_violation',
  'usage policy',
  'moderation_blocked',
  'jailbreak_detected',
])('%s blocks', (word) => expect(isBlockWord(word)).toBe(true))

test.each(['stop', 'length', 'tool_calls', 'end_turn', 'OTHER', 'block', 'case_sensitive_key', 'spiika', ''])(
  '%j does not',
  (word) => expect(isBlockWord(word)).toBe(false),
)
