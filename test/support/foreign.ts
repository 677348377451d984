/** Examples under scenarios/ in the format of another tool, which burn runs but its own schema does not accept. */
export const FOREIGN = ['mobile_sync_stress.json', 'mqtt_graphql_load.json']
