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
