/** A version of MQTT, as the protocol level of CONNECT: 4 for MQTT 3.1.1, 5 for MQTT 5. */
export type Version = 4 | 5

/** The names of the MQTT packets that a broker may send, such as `CONNACK`. */
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
