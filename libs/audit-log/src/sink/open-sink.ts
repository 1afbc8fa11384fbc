import type { CheckpointSink } from './checkpoint-sink.js'
import { directorySink } from './directory-sink.js'
import { httpsSink } from './https-sink.js'

/** @param place a directory, or an address that begins with https:// */
export const openSink = (place: string): CheckpointSink => (/^https:\/\//i.test(place) ? httpsSink(place) : directorySink(place))
