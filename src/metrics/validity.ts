/** Decides whether the numbers of a run are valid: whether burn itself was the bottleneck, or delivered less than it planned. */
import type { ValidityReason } from '../result/schema.ts'
import { COVERAGE_RULES } from './validity/coverage-rules.ts'
import type { ValidityBounds, ValidityFacts } from './validity/facts.ts'
import { GENERATOR_RULES } from './validity/generator-rules.ts'
import { REPLY_RULES } from './validity/reply-rules.ts'

const RULES = [...GENERATOR_RULES, ...COVERAGE_RULES, ...REPLY_RULES]

/**
 * Returns the reasons that the validity rules find why the numbers of a run may be wrong, those that make them invalid first; an empty list when no
 * rule applies.
 */
export function evaluateValidity(facts: ValidityFacts, bounds: ValidityBounds): ValidityReason[] {
  const found = RULES.map((rule) => rule(facts, bounds)).filter((r) => r !== undefined)
  return found.sort((a, b) => Number(b.level === 'invalid') - Number(a.level === 'invalid'))
}
