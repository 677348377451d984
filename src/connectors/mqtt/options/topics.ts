/** The user whose client id replaces `%c` in an MQTT topic, and whose number replaces `%i`. */
export interface TopicOwner {
  readonly clientId: string
  readonly userId: number
}

/** Replaces `%c` in an MQTT topic by the client id, and `%i` by the number of the user. */
export function fillTopic(topic: string, { clientId, userId }: TopicOwner): string {
  return topic.includes('%') ? topic.replaceAll('%c', clientId).replaceAll('%i', String(userId)) : topic
}

/** The largest number of bytes of an MQTT topic. */
const MOST_BYTES = 65_535

/** Returns why a text cannot be an MQTT topic to publish to; undefined when it can. @see MQTT 5.0, section 4.7 */
export function topicProblem(topic: string): string | undefined {
  if (/[+#]/.test(topic)) return 'it has a wildcard'
  return textProblem(topic)
}

/** Returns why a text cannot be an MQTT topic filter; undefined when it can. @see MQTT 5.0, sections 4.7 and 4.8 */
export function filterProblem(filter: string): string | undefined {
  if (/[^/]\+|\+[^/]|[^/]#|#./.test(filter)) return '+ and # stand alone between slashes, # last'
  if (isShared(filter) && !/^\$share\/[^/+#]+\/./.test(filter)) return 'a shared one is written $share/NAME/FILTER'
  return textProblem(filter)
}

/** True when an MQTT topic filter asks for a shared subscription (`$share/…`), where each message goes to only one of the subscribers. */
export function isShared(filter: string): boolean {
  return filter.startsWith('$share/')
}

function textProblem(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.includes('\0')) return 'it has the character U+0000'
  if (!text.isWellFormed()) return 'it is not well-formed Unicode'
  return Buffer.byteLength(text) > MOST_BYTES ? `it is longer than ${MOST_BYTES} bytes` : undefined
}

/** True when an MQTT topic filter, which may have the wildcards + and #, matches a topic. @see MQTT 5.0, section 4.7 */
export function topicFits(filter: string, topic: string): boolean {
  if (filter === topic) return true
  const levels = filter.replace(/^\$share\/[^/]*\//, '').split('/')
  const names = topic.split('/')
  // A wildcard in the first place does not match the broker's own topics ($SYS).
  if (topic.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return false
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true
    const name = names[index]
    if (name === undefined || (level !== '+' && level !== name)) return false
  }
  return levels.length === names.length
}
