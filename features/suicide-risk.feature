Feature: Suicide risk comes first
  Whoever mentions death or self-harm is spoken with the same day. A screen that is missing, refused or out of date is
  never read as "no risk": until somebody has asked, the risk is handled as moderate.

  Rule: One answer about death or self-harm is enough, whatever the total

    @S2-18 @V01 @T03
    Scenario: Item 9 above zero with a mild total, and no suicide screen
      Given a person of 34 in outpatient care
      And the PHQ-9 was answered 2, 1, 1, 1, 1, 1, 0, 0, 1
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "phq9-item9-asks-for-suicide-screen"
      And suicide-risk-assessment is recommended today because of "phq9-item9-asks-for-suicide-screen"
      And it asks for the C-SSRS
      And phq9.q9 is shown as critical
      And the outcome is recommendations

    @S2-18 @T03
    Scenario: Item 9 is the only answer above zero
      Given a person of 61 in outpatient care
      And the PHQ-9 was answered 0, 0, 0, 0, 0, 0, 0, 0, 1
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "phq9-item9-asks-for-suicide-screen"

    @S2-18 @T02
    Scenario: Eight items answered, item 9 left open
      Given a person of 34 in telehealth care
      And the PHQ-9 was answered 2, 3, 3, 2, 1, 2, 2, 1 with item 9 left open
      When the intake team asks for a recommendation
      Then "phq9-item9-asks-for-suicide-screen" cannot be settled
      And it asks for the PHQ-9 and the C-SSRS
      And the first thing to do is a same-day contact by a clinician (E4) because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today"

    @S2-18 @T02
    Scenario: A total without its items says nothing about item 9
      Given a person of 34 in outpatient care
      And the PHQ-9 total is 3
      When the intake team asks for a recommendation
      Then "phq9-item9-asks-for-suicide-screen" cannot be settled
      And it asks for the PHQ-9

    @S2-09 @S2-18
    Scenario: A relative is worried
      Given a person of 27 in outpatient care
      And the C-SSRS was answered no throughout today
      And suicide.concern is yes, according to the sister
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "a-voiced-worry-about-suicide-is-assessed-today"

  Rule: The answers to the screen are never added up; the gravest one decides

    @S2-18 @T19 @T20
    Scenario Outline: What the screen says, and what follows
      Given a person of 40 in outpatient care
      And the C-SSRS was answered <answers>
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then the first thing to do is <first>
      And suicide.tier is taken as <tier>
      And follow-up is every <days> days

      Examples:
        | answers                                      | first                                                | tier     | days |
        | yes to 4, otherwise no                       | a contact within the hour by a crisis clinician (E5) | high     | 1    |
        | yes to 5, otherwise no                       | a contact within the hour by a crisis clinician (E5) | high     | 1    |
        | yes to 6 lifetime and 6 recent, otherwise no | a contact within the hour by a crisis clinician (E5) | high     | 1    |
        | yes to 1, 2, 3 and 4, otherwise no           | a contact within the hour by a crisis clinician (E5) | high     | 1    |
        | yes to 1, 2 and 3, otherwise no              | a same-day contact by a clinician (E4)               | moderate | 3    |
        | yes to 6 lifetime, otherwise no              | a same-day contact by a clinician (E4)               | moderate | 3    |

    @S2-18 @T19
    Scenario: Three milder answers do not outweigh one grave answer
      Given a person of 40 in outpatient care
      And the C-SSRS was answered yes to 1 and 2, otherwise no
      When the intake team asks for a recommendation
      Then suicide.tier is taken as low
      And safety-plan, crisis-line and lethal-means-counselling are recommended today
      And "high-suicide-risk-is-a-crisis" does not hold
      And follow-up is at most every 14 days

    @S2-18 @V03 @T20
    Scenario: An attempt two years ago, nothing since
      Given a person of 45 in outpatient care
      And the C-SSRS was answered yes to 6 lifetime, otherwise no
      And there was a suicide attempt 2 years ago
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4)
      And suicide.tier is taken as moderate
      And safety-plan is recommended today because of "any-suicide-risk-needs-a-safety-plan"
      And suicide-focused-cbt is recommended
      And follow-up is at most every 7 days

    @S2-18 @T16 @T20
    Scenario Outline: A recorded attempt counts as recent for three calendar months
      Given a person of 45 in outpatient care
      And the C-SSRS was answered no throughout
      And there was a suicide attempt <days> days ago
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then "a-recorded-attempt-within-three-months-is-a-crisis-until-assessed" <state>

      Examples:
        | days | state         |
        | 1    | holds         |
        | 92   | holds         |
        | 93   | does not hold |

    @S1-08 @S2-16 @S2-18
    Scenario: Nobody is left alone with a plan
      Given a man of 52 in outpatient care
      And the person's location in US is confirmed
      And the C-SSRS was answered yes to 1, 2, 3, 4 and 5, otherwise no
      When the intake team asks for a recommendation
      Then the first thing to do is a contact within the hour by a crisis clinician (E5)
      And continuous-observation and psychiatric-emergency-evaluation are recommended at once
      And it asks for alcohol.intoxicated_now
      And cssrs.q5 is shown as critical
      And help is shown: 988 and 911

  Rule: On a screen, the address comes first

    @S2-01 @S2-16 @S2-18 @V02 @T73
    Scenario: Intent during a video visit, and nobody knows where the person is
      Given a person of 29 in telehealth care
      And the C-SSRS was answered yes to 2 and 4, otherwise no
      And opioid use disorder is active, severe
      And depression is active, severe
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "high-suicide-risk-by-telehealth-needs-the-location-first"
      And the team is told "Ask where the person is right now"
      And emergency-response is the first recommendation
      And it asks for patient.location_verified
      And telehealth-aftercare is not recommended

    @S2-01 @S2-18 @T73
    Scenario Outline: A confirmed location holds for half a day
      Given a person of 29 in telehealth care
      And the person's location in US is confirmed <when>
      And the C-SSRS was answered yes to 2 and 4, otherwise no
      When the intake team asks for a recommendation
      Then the first thing to do is <first>

      Examples:
        | when         | first                                                |
        | 1 hour ago   | a contact within the hour by a crisis clinician (E5) |
        | 12 hours ago | a contact within the hour by a crisis clinician (E5) |
        | 13 hours ago | an emergency call by emergency services (E6)         |

    @S2-16 @S2-18
    Scenario Outline: Danger now is an emergency wherever the person is
      Given a person of 29 in <setting> care
      And <sign> is yes now
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6)
      And emergency-response is recommended at once

      Examples:
        | setting    | sign                |
        | outpatient | suicide.attempt_now |
        | telehealth | suicide.attempt_now |
        | outpatient | violence.imminent   |

  Rule: Not asked, refused, not possible and out of date are four things, and none of them is "no"

    @S2-18 @T01
    Scenario: Nobody has asked
      Given a person of 34 in outpatient care
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today"
      And suicide-risk-assessment is recommended today because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today", as a precaution
      And it asks for the C-SSRS

    @S2-18 @T01 @T05
    Scenario Outline: The screen could not be had
      Given a person of 34 in outpatient care
      And the C-SSRS <outcome>
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today"
      And suicide-risk-assessment is recommended today because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today", as a precaution
      And it asks for the C-SSRS
      And cssrs.q2 counts as <why>

      Examples:
        | outcome               | why              |
        | was declined          | declined         |
        | could not be assessed | unable to assess |

    @S2-18 @T01
    Scenario: The screen was broken off before the questions on intent
      Given a person of 34 in outpatient care
      And the C-SSRS was answered yes to 2, otherwise left open
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today"
      And safety-plan is recommended today because of "any-suicide-risk-needs-a-safety-plan"
      And it asks for the C-SSRS

    @S2-18 @T04
    Scenario Outline: A screen without a positive answer counts for a week
      Given a person of 34 in outpatient care
      And the C-SSRS was answered no throughout <when>
      When the intake team asks for a recommendation
      Then "moderate-or-unknown-suicide-risk-needs-a-clinician-today" <state>

      Examples:
        | when       | state             |
        | today      | does not hold     |
        | 7 days ago | does not hold     |
        | 8 days ago | cannot be settled |

    @S2-18 @T05
    Scenario: Refused today after a clear screen three days ago
      Given a person of 34 in outpatient care
      And the C-SSRS was answered no throughout 3 days ago
      And the C-SSRS was declined today
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "moderate-or-unknown-suicide-risk-needs-a-clinician-today"
      And it asks for the C-SSRS

  Rule: Neither drink, nor wishes, nor a missed visit clear a risk

    @S2-18 @T64
    Scenario: Drunk, thoughts on the questionnaire, and everything denied when asked
      Given a person of 48 in emergency care
      And the PHQ-9 was answered 2, 2, 2, 2, 1, 2, 1, 0, 2
      And the C-SSRS was answered no throughout
      And alcohol.intoxicated_now is yes
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "intoxication-does-not-clear-suicide-risk"
      And continuous-observation and suicide-risk-assessment are recommended today
      And the team is told "repeat the suicide assessment when the person is sober"

    @S2-18 @T64
    Scenario: A denial while drunk is asked again when sober
      Given a person of 48 in emergency care
      And the PHQ-9 was answered 1, 1, 1, 1, 0, 0, 0, 0, 0
      And the C-SSRS was answered no throughout
      And alcohol.intoxicated_now is yes
      When the intake team asks for a recommendation
      Then suicide-risk-assessment is recommended today because of "answers-given-while-intoxicated-are-asked-again"

    @S2-18 @T65
    Scenario: An overdose is not assumed to be an accident
      Given a person of 31 in outpatient care
      And there was an overdose 2 days ago
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "overdose-asks-about-intent"
      And suicide-risk-assessment is recommended today because of "overdose-asks-about-intent"

    @S2-08 @S2-16 @S2-18 @T89
    Scenario: A missed visit of a person at risk is not any missed visit
      Given a person of 31 in telehealth care
      And the C-SSRS was answered yes to 3, otherwise no 2 days ago
      And there was a missed contact yesterday
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "a-missed-contact-at-suicide-risk-starts-outreach-today"

    @S1-12 @S2-11 @T77
    Scenario: Wishes choose among alternatives and switch no safety step off
      Given a person of 31 in outpatient care
      And the C-SSRS was answered yes to 3, otherwise no
      And the person would like contact every 30 days
      And the person would like contact by message
      And the person would like no suicide-risk-assessment and safety-plan
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4)
      And suicide-risk-assessment and safety-plan are recommended today
      And suicide-risk-assessment is marked as declined by the person
      And follow-up is every 3 days with a clinician
      And follow-up is not by message

    @S2-18 @V48
    Scenario Outline: One more risk never makes the answer milder
      Given a person of 45 in outpatient care
      And the C-SSRS was answered yes to 6 lifetime, otherwise no
      And <risk>
      When the intake team asks for a recommendation
      Then "moderate-or-unknown-suicide-risk-needs-a-clinician-today" holds
      And something is escalated to E4 or beyond
      And follow-up is at most every 3 days

      Examples:
        | risk                                 |
        | alcohol.intoxicated_now is yes       |
        | opioid use disorder is active        |
        | there was a missed contact 1 day ago |
        | psychosis.current is yes             |
        | need.homelessness is yes             |
        | the CIWA-Ar total is 20              |
