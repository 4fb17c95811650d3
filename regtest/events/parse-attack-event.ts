import type { AttackEvent } from '../attacks/attack-event.js';
import { object, type Shape, text } from './shape.js';

/**
 * Reads what an attack told. Its type is looked at, and no more: an attack of another version may tell of things that this
 * one does not know, and they are shown as they are.
 */
export const attackEvent: Shape<AttackEvent> = (value, at) => {
  const event = object(value, at);
  text(event.type, `${at}.type`);
  return event as AttackEvent;
};
