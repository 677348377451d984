/** Examples of another tool that lie under scenarios/ and run as they are: they fit its language, not ours. */
export const FOREIGN = ['mobile_sync_stress.json', 'mqtt_graphql_load.json']
