import { expect, test } from 'vitest'
import { fillTopic, filterProblem, topicFits, topicProblem } from '../../../../src/connectors/mqtt/options/topics.ts'

test('places of the user are filled wherever they stand', () => {
  expect(fillTopic('a/%c/%i/%c', { clientId: 'c%i', userId: 7 })).toBe('a/c7/7/c7')
  expect(fillTopic('a/b', { clientId: 'c', userId: 7 })).toBe('a/b')
})

test.each([
  ['a/b', undefined],
  ['/', undefined],
  ['', 'it is empty'],
  ['a/+', 'it has a wildcard'],
  ['a\0', 'it has the character U+0000'],
  ['\ud800', 'it is not well-formed Unicode'],
  ['ü'.repeat(32_768), 'it is longer than 65535 bytes'],
])('topic %j: %s', (topic, problem) => expect(topicProblem(topic)).toBe(problem))

test.each([
  ['+/a/#', undefined],
  ['#', undefined],
  ['$share/g/a/#', undefined],
  ['a+', '+ and # stand alone between slashes, # last'],
  ['#/a', '+ and # stand alone between slashes, # last'],
  ['$share/g', 'a shared one is written $share/NAME/FILTER'],
  ['$share//a', 'a shared one is written $share/NAME/FILTER'],
])('filter %j: %s', (filter, problem) => expect(filterProblem(filter)).toBe(problem))

// MQTT 5.0, section 4.7
test.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/#', 'sport', true],
  ['#', 'sport/tennis', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/monitor', false],
  ['+/monitor', '$SYS/monitor', false],
  ['$SYS/#', '$SYS/monitor', true],
  ['$share/g/a/+', 'a/b', true],
  ['a', 'A', false],
])('%s takes in %s: %s', (filter, topic, fits) => expect(topicFits(filter, topic)).toBe(fits))
