/** Shows the conversations of a run as transcripts, which open one by one and which the script of the page can play. */
import type { Result } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import type { ReportedConversation, ReportedConversations } from '../../text/conversations.ts'
import { formatCount } from '../../text/format.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { courseTable, kindsOf } from './course.ts'
import { TIME_KEYS } from './time-line.ts'
import { turnOf } from './turn.ts'

/** The largest size of all conversations on the page together, in bytes. A whole page may have 1 MB. */
const MAX_BYTES = 240_000
/** The largest number of characters of one prompt or reply on the page. */
const MAX_TEXT = 2000
/** The largest number of characters of all texts of a conversation; with many turns each text is cut further. */
const MAX_TEXTS = 30_000
/** The number of characters to which a prompt or reply may be cut in any case. */
const MIN_TEXT = 200

/** The section of an HTML report that shows conversations, and the ids to which other sections can link. */
export interface ShownConversations {
  /** HTML of the section; undefined when the report was made without a journal. For a journal without conversations, a sentence that says so. */
  readonly body: Markup | undefined
  /** The ids of the conversations on the page, as `conversationId` makes them. */
  readonly ids: ReadonlySet<string>
}

/** Returns the HTML id of a conversation's transcript in an HTML report. A link to this id opens the transcript, even without the report's script. */
export function conversationId({ user, iteration }: Pick<ReportedConversation, 'user' | 'iteration'>): string {
  return `talk-${user}-${iteration}`
}

/**
 * Returns, for the HTML report, the section that shows conversations of the run, and the HTML ids of the conversations in it. The section shows as
 * many as fit into 240 kB.
 */
export function shownConversations(
  conversations: ReportedConversations | undefined,
  { cost, durationMs }: Result,
): ShownConversations {
  if (conversations === undefined) return { body: undefined, ids: new Set() }
  const currency = oneLine(cost?.currency ?? '', 10)
  const shown = fitting(conversations.chosen, currency)
  const ids = new Set(shown.keys())
  if (ids.size === 0) return { body: markup`<p class="dim">${nothingText(conversations)}${damageText(conversations)}</p>`, ids }
  const onPage = conversations.chosen.filter((one) => ids.has(conversationId(one)))
  const body = markup`<p>${introduction(conversations, ids.size)}${damageText(conversations)}</p>
${courseTable(onPage, durationMs, conversationId)}
<p class="dim">The script of the page replays a conversation; pauses then last from 100 ms to 3 s. The journal has no times of single pieces, so a reply comes evenly from its first token to its end.</p>
${TIME_KEYS}
${[...shown.values()]}`
  return { body, ids }
}

/**
 * Returns the HTML of the conversations that fit on the page, by their id. A conversation too long for the remaining space is left out, and the next
 * one is tried.
 */
function fitting(chosen: readonly ReportedConversation[], currency: string): Map<string, Markup> {
  const shown = new Map<string, Markup>()
  let left = MAX_BYTES
  for (const conversation of chosen) {
    const piece = conversationOf(conversation, currency)
    const bytes = Buffer.byteLength(piece.html)
    if (bytes > left) continue
    left -= bytes
    shown.set(conversationId(conversation), piece)
  }
  return shown
}

function conversationOf({ user, iteration, why, turns, turnsLeftOut }: ReportedConversation, currency: string): Markup {
  const longestMs = Math.max(...turns.map(({ intendedAtMs, endedAtMs }) => endedAtMs - intendedAtMs))
  const failed = turns.filter(({ outcome }) => outcome === 'failed').length
  const count = turns.length + turnsLeftOut
  const facts = [why, `${formatCount(count)} ${count === 1 ? 'turn' : 'turns'}`, `longest ${formatMs(longestMs)}`]
  const look = {
    longestMs,
    currency,
    maxText: Math.min(MAX_TEXT, Math.max(MIN_TEXT, Math.floor(MAX_TEXTS / (2 * turns.length)))),
  }
  return markup`<details class="talk" data-kinds="${kindsOf({ turns }).map(kindWord).join(' ')}"><summary><strong>user ${user} #${iteration}</strong> <span class="dim">${oneLine(facts.join(' · '), 200)}</span>${failed > 0 && markup` <span class="state bad">${failed} failed</span>`}</summary>
<ol class="turns" id="${conversationId({ user, iteration })}">
${turns.map((turn, at) => turnOf(turn, turns[at - 1], look))}</ol>
${turnsLeftOut > 0 && markup`<p class="more">${formatCount(turnsLeftOut)} more turns are left out, those that went well first.</p>\n`}</details>
`
}

/** Returns the name of an anomaly as one word without spaces, so that it can stand in a list of names. */
const kindWord = (kind: string) => oneLine(kind, 40).replaceAll(' ', '-')

function introduction({ recorded, level }: ReportedConversations, shown: number): string {
  const which =
    recorded === shown
      ? `These are all conversations of the journal`
      : `${formatCount(shown)} of the ${formatCount(recorded)} conversations in the journal; ${formatCount(recorded - shown)} are left out. First come those that stand out, then the slowest, failed ones of every kind, and a sample`
  return `${which}. ${keptText(level)}`
}

function nothingText({ level }: ReportedConversations): string {
  if (level !== 'errors') return `The journal has no conversation. ${keptText(level)}`
  return `The run kept failed exchanges only (--log errors), and none failed. ${HOW_TO_KEEP}`
}

function damageText({ damaged = 0 }: ReportedConversations): string {
  if (damaged === 0) return ''
  return ` The journal is damaged: ${formatCount(damaged)} of its lines could not be read, and what they held is missing here.`
}

const HOW_TO_KEEP = 'burn run --log all keeps every conversation, --log sample:0.1 a tenth of them.'

/** Explains which attempts the journal of a run contains, given its `--log` option. */
function keptText(level: string | undefined): string {
  if (level === undefined) return ''
  if (level === 'all') return 'The run kept every exchange (--log all).'
  if (level === 'errors')
    return `The run kept failed exchanges only (--log errors), so the turns around them are missing. ${HOW_TO_KEEP}`
  return `The run kept a share of the conversations (--log ${oneLine(level, 40)}).`
}
