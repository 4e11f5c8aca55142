Feature: A record that cannot be used
  Every problem comes back at once, with its place, a code that never changes, and what to do. What was sent is never
  repeated: it may be somebody's.

  @S2-14
  Scenario Outline: What is wrong, and where
    Given this record is sent: <record>
    When it is sent to the service
    Then it is refused as "record-refused" with "<code>" at "<where>"
    And nothing of the answer repeats "<value>"

    Examples: shape
      | record                                                 | code           | where                 | value       |
      | {"patient": {"age": "thirty-four"}}                    | wrong-type     | /patient/age          | thirty-four |
      | {"patient": {"age": 130}}                              | out-of-range   | /patient/age          | 130         |
      | {"patient": {"age": 34, "name": "Rosa Marin"}}         | field-unknown  | /patient              | Rosa        |
      | {"patient": {"age": 34, "birth_date": "1992-04-17"}}   | inconsistent   | /patient              | 1992        |
      | {"setting": "jailhouse"}                               | not-one-of     | /setting              | jailhouse   |
      | {"events": [{"kind": "overdose"}]}                     | field-missing  | /events/0/at          | overdose    |
      | {"events": [{"kind": "overdose", "at": "23.11.2026"}]} | wrong-time     | /events/0/at          | 23.11       |
      | {"preferences": {"interval": "weekly"}}                | wrong-duration | /preferences/interval | weekly      |

    Examples: names
      | record                                                                                         | code               | where                     | value   |
      | {"findings": [{"code": "phq9.q99", "value": 3, "at": "2026-11-23T15:00:00Z"}]}                 | code-unknown       | /findings/0/code          | q99     |
      | {"findings": [{"code": "suicide.tier", "value": "none", "at": "2026-11-23T15:00:00Z"}]}        | code-computed      | /findings/0/code          | tier    |
      | {"findings": [{"code": "condition.anxiety", "value": "active", "at": "2026-11-23T15:00:00Z"}]} | code-computed      | /findings/0/code          | anxiety |
      | {"instruments": [{"instrument": "mmpi", "total": 3, "at": "2026-11-23T15:00:00Z"}]}            | instrument-unknown | /instruments/0/instrument | mmpi    |
      | {"instruments": [{"instrument": "phq9", "items": {"q10": 1}, "at": "2026-11-23T15:00:00Z"}]}   | item-unknown       | /instruments/0/items      | q10     |
      | {"instruments": [{"instrument": "cssrs", "total": 2, "at": "2026-11-23T15:00:00Z"}]}           | total-not-scored   | /instruments/0/total      | 2026    |
      | {"preferences": {"declined": ["leeches"]}}                                                     | component-unknown  | /preferences/declined/0   | leeches |
      | {"positions": [{"pathway": "nowhere", "stage": "x", "since": "2026-11-23T15:00:00Z"}]}         | pathway-unknown    | /positions/0/pathway      | nowhere |

  @S2-14
  Scenario Outline: What is not JSON as every reader reads it
    Given this record is sent: <record>
    When it is sent to the service
    Then it is refused as "json-refused" with "<code>" at "<where>"

    Examples:
      | record                                          | code               | where        |
      | {"patient": {"age": 34},                        | json-syntax        |              |
      | {"setting": "custody", "setting": "outpatient"} | json-duplicate-key | /setting     |
      | {"patient": {"age": NaN}}                       | json-not-a-number  | /patient/age |

  @S2-14
  Scenario: Every problem at once
    Given this record is sent: {"patient": {"age": -1}, "setting": "moon", "events": [{"kind": "party", "at": "now"}]}
    When it is sent to the service
    Then it is refused as "record-refused" with "out-of-range" at "/patient/age"
    And it is refused as "record-refused" with "not-one-of" at "/setting"
    And it is refused as "record-refused" with "not-one-of" at "/events/0/kind"
    And it is refused as "record-refused" with "wrong-time" at "/events/0/at"
    And each problem says what to do

  @S2-14
  Scenario: A component that is not in the catalogue
    Given a person of 40 in outpatient care
    When the intake team asks about leeches
    Then it is refused as "component-unknown" with "component-unknown" at "path component"
    And nothing of the answer repeats "leeches"

  @S2-14
  Scenario: A near miss is told the right name
    Given this record is sent: {"findings": [{"code": "craving.dayly", "value": 3, "at": "2026-11-23T15:00:00Z"}]}
    When it is sent to the service
    Then it is refused as "record-refused" with "code-unknown" at "/findings/0/code"
    And the advice names "craving.daily"
