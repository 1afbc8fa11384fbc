import { decideObservation, type NewEvent, type Observation, type RoomState } from '#room'

/**
 * What a look that nobody asked for records: the same as any other look, unless all that it has to tell are fields that no
 * callback ever told of and that are empty. No callback was missed there, and each healthy room would get an entry for it.
 */
export const decideDrift = (state: RoomState, observation: Observation): readonly NewEvent[] => {
  const known = state.life?.info ?? {}
  const told = Object.entries(observation.info ?? {}).filter(([field, value]) => field in known || !isEmpty(value))
  const telling = { ...observation, ...(observation.info && { info: Object.fromEntries(told) }) }
  return decideObservation(state, telling).length === 0 ? [] : decideObservation(state, observation)
}

const isEmpty = (value: unknown): boolean => value === '' || value === 0 || (Array.isArray(value) && value.length === 0)
