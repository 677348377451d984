import { MOCK } from '../../compile/target/preset.ts'
import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'

/**
 * The lint rule (of `burn validate`) that reports settings of the mock (`mock:`) in a target that has a preset (a known API) but no URL: burn would
 * send to the real API and ignore these settings.
 */
export const E_MOCK = rule('E_MOCK', (subject, report) => {
  for (const { block, base, target } of targetUses(subject)) {
    if (block.mock === undefined || block.url !== undefined) continue
    const message = `these settings are for the mock, but without a url the target is the real API at ${target.url.source}`
    report([...base, 'mock'], 'key', message, `add url: "${MOCK}" to talk to the mock, or delete this block to talk to the API`)
  }
})
