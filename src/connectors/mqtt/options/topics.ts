/** Topics and topic filters. */

/** Who a topic is written for. */
export interface TopicOwner {
  readonly clientId: string
  readonly userId: number
}

/** Puts the client id for %c and the number of the user for %i. */
export function fillTopic(topic: string, { clientId, userId }: TopicOwner): string {
  return topic.includes('%') ? topic.replaceAll('%c', clientId).replaceAll('%i', String(userId)) : topic
}

/** Bytes that a topic may have. */
const MOST_BYTES = 65_535

/** What is wrong with a topic to publish to; undefined when nothing is. @see MQTT 5.0, section 4.7 */
export function topicFault(topic: string): string | undefined {
  if (/[+#]/.test(topic)) return 'it has a wildcard'
  return textFault(topic)
}

/** What is wrong with a topic filter; undefined when nothing is. @see MQTT 5.0, sections 4.7 and 4.8 */
export function filterFault(filter: string): string | undefined {
  if (/[^/]\+|\+[^/]|[^/]#|#./.test(filter)) return '+ and # stand alone between slashes, # last'
  if (isShared(filter) && !/^\$share\/[^/+#]+\/./.test(filter)) return 'a shared one is written $share/NAME/FILTER'
  return textFault(filter)
}

/** Whether a subscription is shared among several clients. */
export function isShared(filter: string): boolean {
  return filter.startsWith('$share/')
}

function textFault(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.includes('\0')) return 'it has the character U+0000'
  if (!text.isWellFormed()) return 'it is no well-formed Unicode'
  return Buffer.byteLength(text) > MOST_BYTES ? `it is longer than ${MOST_BYTES} bytes` : undefined
}

/** Whether a filter with + and # takes in a topic. @see MQTT 5.0, section 4.7 */
export function topicFits(filter: string, topic: string): boolean {
  const levels = filter.replace(/^\$share\/[^/]*\//, '').split('/')
  const names = topic.split('/')
  // Wildcards in the first place do not take in the broker's own topics.
  if (topic.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return false
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true
    const name = names[index]
    if (name === undefined || (level !== '+' && level !== name)) return false
  }
  return levels.length === names.length
}
