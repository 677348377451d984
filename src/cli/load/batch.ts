import { UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { judgeBlock, unloadedTarget } from '../../scenario/schema/judge.ts'
import type { Scenario } from '../../scenario/schema/schema.ts'
import { namedTargets } from '../../scenario/schema/written-steps.ts'

/**
 * Splits a scenario with several targets into one scenario for each target. `chosen` are the targets that `--target` names; if it is given, only
 * these get a scenario. A scenario whose steps name their targets stays whole. A target that only the judge uses gets no scenario of its own, unless
 * it is chosen.
 * @throws UsageError
 */
export function perTarget(scenario: Scenario, raw: unknown, chosen: readonly string[] | undefined): Scenario[] {
  const names = Object.keys(scenario.targets ?? {})
  for (const name of chosen ?? []) if (!names.includes(name)) throw unknownTarget(name, names)
  const loaded = withoutJudge(scenario, raw, chosen)
  if (namedTargets(raw).length > 0) {
    if (chosen) throw new UsageError('--target: the steps of this scenario name their targets themselves')
    return [loaded]
  }
  const { targets } = loaded
  if (!targets || Object.keys(targets).length < 2) return [loaded]
  return (chosen ?? Object.keys(targets)).flatMap((name) => {
    const target = targets[name]
    return target ? [{ ...loaded, name: `${scenario.name}-${name}`, targets: { [name]: target } }] : []
  })
}

/**
 * Returns the scenario with the target of its judge written into the judge's block. That target is then removed from `targets`, unless it is chosen
 * or gets load too.
 */
function withoutJudge(scenario: Scenario, raw: unknown, chosen: readonly string[] = []): Scenario {
  const { judge, targets = {} } = scenario
  const block = judgeBlock(scenario)
  if (judge === undefined || block === undefined || typeof judge.target !== 'string') return scenario
  const asked = { ...scenario, judge: { ...judge, target: block } }
  const name = unloadedTarget(scenario, raw)
  if (name === undefined || chosen.includes(name)) return asked
  return { ...asked, targets: Object.fromEntries(Object.entries(targets).filter(([other]) => other !== name)) }
}

function unknownTarget(name: string, names: readonly string[]): UsageError {
  if (names.length === 0) return new UsageError(`--target ${name}: the scenario has no targets: block`)
  const near = nearest(name, names)
  const list = `targets: ${names.join(', ')}`
  return new UsageError(`--target ${name}: there is no such target`, near === undefined ? list : `did you mean ${near}? ${list}`)
}
