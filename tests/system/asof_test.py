"""Versions as they were at a time, by the events' own time: against the events themselves, and by index."""
import datetime

from support import case, events

CLIENT = "018f6b1e-5f0a-7c3d-9d4e-2f1a6b7c8d9e"
OTHER = "018f6b1e-5f0b-7c3d-9d4e-2f1a6b7c8d9e"
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def minute(number):
    return START + datetime.timedelta(minutes=number)


def at(number, event):
    return {**event, "time": minute(number).strftime("%Y-%m-%dT%H:%M:%SZ")}


def deactivated(client, feature):
    return events.event("feature_config.deactivated", client, {"feature_type": feature, "reason": "over"})


def schedule(minutes):
    return events.event("client_schedule.changed", CLIENT, {"kind": "interval", "interval_minutes": minutes})


def bom(levels):
    return events.event("bom_config.changed", CLIENT, {"max_levels": levels})


def defaults(minutes):
    return events.event("scheduler_defaults.changed", "00000000-0000-0000-0000-000000000000",
                        {"kind": "interval", "interval_minutes": minutes})


STORY = [
    at(0, events.registered(CLIENT, "1")), at(0, events.registered(OTHER, "2")),
    at(1, events.feature(CLIENT, "ema", {"alpha": 0.1, "window_days": 1})),
    at(2, events.feature(OTHER, "ema", {"alpha": 0.9, "window_days": 9})),
    at(3, events.feature(CLIENT, "ema", {"alpha": 0.2, "window_days": 2})),
    at(4, events.feature(CLIENT, "ma", {"window_days": 7})),
    at(5, deactivated(CLIENT, "ema")),
    at(7, events.feature(CLIENT, "ema", {"alpha": 0.3, "window_days": 3})),
]


class AsOfTest(case.SystemTest):
    partitions = 1

    def active(self, minutes, function="feature_configs_as_of", columns="feature_type, version"):
        return self.rows("SELECT %s FROM %s(%%s) WHERE client_id = %%s AND is_active ORDER BY %s" % (columns, function, columns),
                         minute(minutes), CLIENT)

    def test_features_are_as_they_were_at_each_moment(self):
        self.produce(*STORY)
        self.run_until_idle()
        self.assertEqual([self.active(n) for n in range(9)], [
            [], [("ema", 1)], [("ema", 1)], [("ema", 2)], [("ema", 2), ("ma", 1)], [("ma", 1)], [("ma", 1)],
            [("ema", 4), ("ma", 1)], [("ema", 4), ("ma", 1)]])
        everything = "SELECT * FROM %s ORDER BY client_id, feature_type, version"
        self.assertEqual(self.rows(everything % "feature_configs_as_of('infinity')"), self.rows(everything % "feature_configs"))
        self.assertEqual(self.rows("SELECT version, is_active FROM feature_configs_as_of(%s) WHERE client_id = %s AND "
                                   "feature_type = 'ema' ORDER BY 1", minute(4), CLIENT), [(1, False), (2, True)])

    def test_an_event_that_comes_late_takes_its_place_behind_what_is_recorded(self):
        self.produce(*STORY[:5])
        self.run_until_idle()
        before = self.active(3)
        self.produce(at(2, events.feature(CLIENT, "std", {"window_days": 2})))  # a stream that nothing was known of
        self.run_until_idle()
        self.assertEqual(self.active(3), before + [("std", 1)])

    def test_the_others_too(self):
        self.produce(STORY[0], at(1, bom(3)), at(2, schedule(60)), at(3, bom(5)), at(4, schedule(30)),
                     at(2, defaults(120)), at(5, defaults(240)))
        self.run_until_idle()
        self.assertEqual([self.active(n, "bom_configs_as_of", "max_levels") for n in (0, 2, 3)], [[], [(3,)], [(5,)]])
        self.assertEqual([self.active(n, "client_processing_schedule_as_of", "interval_minutes") for n in (1, 3, 4)],
                         [[], [(60,)], [(30,)]])
        self.assertEqual([self.rows("SELECT interval_minutes FROM scheduler_config_as_of(%s) WHERE is_active", minute(n))
                          for n in (4, 5)], [[(120,)], [(240,)]])

    def test_conditions_reach_the_index(self):
        self.produce(*STORY)
        self.run_until_idle()
        self.rows("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in self.rows(
            "EXPLAIN SELECT * FROM feature_configs_as_of(%s) WHERE client_id = %s AND feature_type = 'ema' AND is_active",
            minute(4), CLIENT))
        self.assertNotIn("Seq Scan", plan)
        self.assertNotIn("Function Scan", plan)
        self.assertGreaterEqual(plan.count("events_history"), 2, plan)


if __name__ == "__main__":
    case.main()
