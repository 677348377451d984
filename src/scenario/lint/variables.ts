/** The variables that templates and conditions read: is there one of that name, and has it that member? */
import { templateHelpers } from '../../language/helpers/helpers.ts'
import { nearest } from '../../language/suggest.ts'
import type { Use } from '../compile/texts.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'
import { IN_LOOP, OLD_NAMES, unknownMember } from './built-in.ts'
import type { Doubts } from './doubts.ts'

/** The names of the variables that exist where a text reads one. */
export interface KnownNames {
  /** Set by now, or in an earlier round of a loop. */
  readonly known: ReadonlySet<string>
  /** Set by some step, perhaps a later one. */
  readonly all: ReadonlySet<string>
  /** Set by the scenario itself, somewhere: what they hold is not known, even where burn has something of that name. */
  readonly own: ReadonlySet<string>
  readonly doubts: Doubts
}

const HELPERS = templateHelpers.map((helper) => helper.name)
const MAX_LISTED = 20

/** Names are listed where there are few enough to help. */
function knownNames({ all }: KnownNames): string {
  const listed = [...all].slice(0, MAX_LISTED).join(', ')
  return `set it in vars, capture or set; known: ${listed}${all.size > MAX_LISTED ? ', …' : ''}`
}

function hintFor({ name, inTemplate }: Use, names: KnownNames): string {
  if (Object.hasOwn(IN_LOOP, name)) return `${name} exists inside of a loop only`
  const today = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined
  const isHelper = today !== undefined && HELPERS.includes(today)
  if (today !== undefined && (inTemplate || !isHelper)) return inTemplate ? `write {{${today}}}` : `write ${today}`
  const near = nearest(name, [...names.all, ...(inTemplate ? HELPERS : [])])
  return near === undefined ? knownNames(names) : `did you mean ${near}?`
}

function unknownName(use: Use, names: KnownNames): Finding | undefined {
  const { name, path, offset } = use
  const mark = { offset, length: name.length }
  if (names.all.has(name)) {
    const message = `${name} is only set by a later step`
    const hint = 'every iteration starts without the values of the one before'
    return findingAt('W_VARIABLE_LATER', path, mark, message, hint)
  }
  if (names.doubts.mayBeNamed(name)) return undefined
  return { code: 'E_UNKNOWN_VARIABLE', path, mark, message: `there is no variable ${name}`, hint: hintFor(use, names) }
}

function memberFinding(use: Use): Finding | undefined {
  const { path, offset } = use
  const unknown = unknownMember(use)
  if (unknown === undefined) return undefined
  const { owner, member, members } = unknown
  const near = nearest(member, members)
  const isSize = !use.inTemplate && member === 'length'
  const listed = members.length > 0 ? `${owner} has ${members.join(', ')}` : `${owner} is a value without members`
  const message = `${owner} has no member ${member}`
  const hint = isSize ? `write size(${owner})` : near === undefined ? listed : `did you mean ${owner}.${near}?`
  return findingAt('E_UNKNOWN_MEMBER', path, { offset, length: owner.length + 1 + member.length }, message, hint)
}

/** Returns the finding about a variable that a text reads but that does not exist; undefined when it does. */
export function variableFinding(use: Use, names: KnownNames): Finding | undefined {
  if (!names.known.has(use.name)) return unknownName(use, names)
  return names.own.has(use.name) || names.doubts.stands(use.name) ? undefined : memberFinding(use)
}
