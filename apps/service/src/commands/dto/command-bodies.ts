import { ApiPropertyOptional, IntersectionType, OmitType } from '@nestjs/swagger'
import { ArrayMaxSize, IsArray, IsInt, Max, Min } from 'class-validator'
import { Optional } from '#platform'
import { Name, OptionalChoice, OptionalFlag, OptionalInteger, OptionalName, OptionalText, Reason } from './fields.js'

class Reasoned {
  @Reason() reason?: string
}

/** The attributes of a room that a command can set; limits as in live-engine.md §1.2 and §1.4. */
class RoomInfoFields {
  @OptionalText(100, 'Name of the room') roomName?: string
  @OptionalInteger('How many members fit in', 1) maxMemberCount?: number
  @OptionalFlag('Silences all but the owner and the admins') isMessageDisabled?: boolean
  @OptionalText(200, 'Address of the cover picture') coverUrl?: string

  @ApiPropertyOptional({ type: [Number], maxItems: 3, description: 'Tags: at most 3 integers.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsInt({ each: true })
  @Min(-(2 ** 31), { each: true })
  @Max(2 ** 31 - 1, { each: true })
  category?: number[]

  @OptionalInteger('A status of your own') activityStatus?: number
  @OptionalFlag('Listed for everybody') isPublicVisible?: boolean
  @OptionalChoice(['FreeToTake', 'ApplyToTake'], 'How a seat is taken') takeSeatMode?: 'FreeToTake' | 'ApplyToTake'
  @OptionalText(100, 'Notice to the audience') notice?: string
}

class NewRoomFields {
  @Name(48, 'Room id') roomId: string
  @Name(64, "The vendor's seat template, e.g. VideoDynamicGrid9Seats") seatTemplate: string
  @OptionalName(32, 'Owner account; default: the admin account') owner?: string
}

/** Body of `POST /v1/rooms`. The vendor's create knows no notice. */
export class CreateRoomBody extends IntersectionType(NewRoomFields, OmitType(RoomInfoFields, ['notice'] as const), Reasoned) {}

/** Body of `PATCH /v1/rooms/{roomId}`. */
export class UpdateRoomBody extends IntersectionType(RoomInfoFields, Reasoned) {}

/** Body of `PUT /v1/rooms/{roomId}/owner`. */
export class ChangeOwnerBody extends Reasoned {
  @Name(32, 'Account of the new owner') newOwner: string
}

/** Query of `DELETE /v1/rooms/{roomId}`. */
export class DestroyRoomQuery extends Reasoned {}
