import { connectors } from '../../../connectors/index.ts'
import { protocolOf } from '../../compile/target/preset.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import { targetBlocks } from '../../lint/targets.ts'
import { mapAt } from '../../schema/written-steps.ts'

const HINT = 'write prompt: { tokens: … } in a step, and {{prompt}} in its message'

/**
 * The lint rule (of `burn validate`) that warns of settings without effect in a scenario. These are a target's settings for another protocol, its
 * settings for the mock although its URL is not `mock:`, and `promptTokens` of a group of users although no step generates a prompt.
 */
export const W_UNUSED_BLOCK = rule('W_UNUSED_BLOCK', (subject, report) => {
  for (const { block, base } of targetBlocks(subject)) {
    const protocol = protocolOf(block)
    for (const name of Object.keys(connectors)) {
      if (name === protocol || mapAt(block, [])[name] === undefined) continue
      report([...base, name], 'key', `this target speaks ${protocol}: the settings for ${name} are not used`)
    }
    if (block.mock !== undefined && block.url !== undefined && !block.url.startsWith('mock:'))
      report([...base, 'mock'], 'key', 'these settings are for a url that begins with mock:')
  }
  if (subject.doubts.steps || stepsOf(subject).some(({ step }) => step.prompt !== undefined)) return
  for (const [name, { promptTokens }] of Object.entries(subject.scenario.groups ?? {}))
    if (promptTokens !== undefined)
      report(['groups', name, 'promptTokens'], 'key', 'no step has a prompt: this length is not used', HINT)
})
