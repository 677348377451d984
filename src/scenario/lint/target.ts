/** The target: does it fit together? */
import { allSchemes, connectorNamed, connectors } from '../../connectors/index.ts'
import { nearest } from '../../language/suggest.ts'
import { addressFault, completeAddress } from '../compile/address.ts'
import { targetPath, targetsOf } from '../compile/compile.ts'
import { protocolOf } from '../compile/target.ts'
import { explain } from '../explain/explain.ts'
import { parseWith } from '../explain/parse-with.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import type { TargetBlock } from '../schema/target.ts'
import { allSteps, mapAt } from '../schema/written-steps.ts'
import type { Doubts } from './doubts.ts'
import { proxyFindings } from './proxy.ts'

type Target = TargetBlock

function urlFindings(target: Target): Finding[] {
  const { url } = target
  if (url === undefined || url.startsWith('mock:') || url.includes('{{')) return []
  const path = ['url']
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  const names = Object.keys(allSchemes()).map((name) => name.slice(0, -1))
  const unknownScheme = scheme !== undefined && !names.includes(scheme)
  const near = unknownScheme ? nearest(scheme, names) : undefined
  const own = unknownScheme ? ', or --plugin FILE for a protocol of your own' : ''
  const hint = near === undefined ? `such as ${names[0]}://127.0.0.1:8080/chat${own}` : `did you mean ${near}://?`
  if (unknownScheme && target.protocol === undefined) {
    const message = `no protocol has addresses that begin with ${scheme}://`
    return [findingAt('E_URL', path, { offset: 0, length: scheme.length }, message, hint)]
  }
  if (scheme === undefined && target.protocol === undefined && target.preset === undefined)
    return [findingAt('E_URL', path, 'value', 'an address begins with its scheme', `${hint}; or name its protocol`)]
  const protocol = protocolOf(target)
  const address = completeAddress(url, protocol)
  const message = addressFault(address, protocol)
  if (message !== undefined) return [{ code: 'E_URL', path, mark: 'value', message, hint }]
  return [...credentialFindings(url, path), ...proxyFindings(address)]
}

function credentialFindings(url: string, path: Path): Finding[] {
  const found = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]+)@/i.exec(url)?.[1]
  if (found === undefined) return []
  const mark = { offset: url.indexOf(found), length: found.length }
  const message = 'the address holds credentials'
  const hint = 'use auth: { type: basic, … } with ${env.NAME}'
  return [findingAt('W_URL_CREDENTIALS', path, mark, message, hint)]
}

function unusedBlocks(target: Target): Finding[] {
  const protocol = protocolOf(target)
  const blocks = Object.keys(connectors).filter((name) => name !== protocol && mapAt(target, [])[name] !== undefined)
  const found = blocks.map((name) => [name, `this target speaks ${protocol}: the settings for ${name} are not used`] as const)
  const mock = target.mock !== undefined && target.url !== undefined && !target.url.startsWith('mock:')
  const all = mock ? [...found, ['mock', 'these settings are for a url that begins with mock:'] as const] : found
  return all.map(([name, message]) => ({ code: 'W_UNUSED_BLOCK', path: [name], mark: 'key', message }))
}

/** A `request:` step has the form of some protocol; it must be that of its target. */
function requestFindings(targets: Readonly<Record<string, Target>>, value: unknown, doubts: Doubts): Finding[] {
  const [first] = Object.values(targets)
  return allSteps(value).flatMap(({ step, path, target: name }) => {
    const target = name === undefined ? first : targets[name]
    if (step.request === undefined || target === undefined) return []
    const protocol = protocolOf(target)
    const schema = connectorNamed(protocol)?.request
    if (schema === undefined || doubts.within([...path, 'request'])) return []
    const findings = explain(parseWith(schema, step.request), schema, step.request)
    return findings.map((found) => ({
      ...found,
      path: [...path, 'request', ...found.path],
      hint: found.hint ?? `the target speaks ${protocol}`,
    }))
  })
}

function insecureFindings(target: Target): Finding[] {
  if (!target.tls?.insecure) return []
  const message = 'any certificate is accepted; every report will say so'
  return [{ code: 'W_TLS_INSECURE', path: ['tls', 'insecure'], mark: 'value', message }]
}

function findingsOf(target: Target, base: Path): Finding[] {
  const findings = [...urlFindings(target), ...insecureFindings(target), ...unusedBlocks(target)]
  return findings.map((finding) => ({ ...finding, path: [...base, ...finding.path] }))
}

/** Returns findings about the target blocks of a scenario and about requests that do not suit them. `value` is the scenario as written. */
export function targetFindings(scenario: Scenario, value: unknown, doubts: Doubts): Finding[] {
  const targets = targetsOf(scenario)
  return [
    ...Object.entries(targets).flatMap(([name, target]) => findingsOf(target, targetPath(scenario, name))),
    ...requestFindings(targets, value, doubts),
  ]
}
