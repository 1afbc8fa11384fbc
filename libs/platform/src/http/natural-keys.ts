/**
 * Whether a key is one that every object has by nature, or that leads to those (`prototype`). No field of ours is called so;
 * libraries on the way drop some of them in silence, and whoever sent one must be told.
 */
export const isNaturalKey = (key: string): boolean => key === 'prototype' || key in Object.prototype
