fromCategory('room')
  .foreachStream()
  .when({
    $init: function () {
      return {}
    },
    RoomCreated: function () {},
  })
