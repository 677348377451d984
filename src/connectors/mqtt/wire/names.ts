/** The version of the MQTT protocol: 4 is MQTT 3.1.1. */
export type Version = 4 | 5

/** The MQTT packets that a broker may send. */
export type PacketName =
  | 'CONNACK'
  | 'PUBLISH'
  | 'PUBACK'
  | 'PUBREC'
  | 'PUBREL'
  | 'PUBCOMP'
  | 'SUBACK'
  | 'UNSUBACK'
  | 'PINGRESP'
  | 'DISCONNECT'
  | 'AUTH'
