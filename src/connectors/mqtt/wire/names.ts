/** The protocol level of MQTT: 4 means MQTT 3.1.1, 5 means MQTT 5. */
export type Version = 4 | 5

/** The names of the MQTT packets that a broker may send. */
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
