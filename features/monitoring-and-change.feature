Feature: What is watched between visits, and what a change calls for
  Each signal has its interval. A change against the person's own past calls for contact; silence and a missed deadline do
  too. A step that nobody takes up climbs. Signs are counted and named; no percentage of risk is ever printed.

  Rule: Warning signs, one by one, and the person's own first

    @S2-08 @T14
    Scenario: A check that was broken off can already be enough
      Given a person of 37 in telehealth care
      And the C-SSRS was answered no throughout
      And the warning signs seen are sleep, appetite and irritability, the others not asked
      When the aftercare team asks for a recommendation
      Then "several-warning-signs-are-amber" holds
      And "many-warning-signs-are-red" cannot be settled
      And follow-up is at most every 3 days

    @S2-08
    Scenario Outline: Which sign it is matters
      Given a person of 37 in telehealth care
      And the warning signs seen are <signs>, the others not seen
      And signature.seen is <own>
      When the aftercare team asks for a recommendation
      Then "several-warning-signs-are-amber" <state>

      Examples:
        | signs                   | own | state         |
        | sleep and pain          | 0   | does not hold |
        | sleep and pain          | 1   | holds         |
        | sleep and missed dose   | 0   | holds         |
        | sleep and using network | 0   | holds         |
        | sleep and craving up    | 0   | holds         |
        | craving up              | 0   | does not hold |

    @S2-08 @S2-10
    Scenario Outline: Amber on two days in four weeks is red, and two checks of one day are one
      Given a person of 37 in telehealth care
      And the C-SSRS was answered no throughout
      And the warning signs seen are sleep, pain and appetite, the others not seen, <first>
      And the warning signs seen are sleep, pain and secrecy, the others not seen, <second>
      When the aftercare team asks for a recommendation
      Then "many-warning-signs-are-red" <state>

      Examples:
        | first       | second      | state         |
        | 9 days ago  | 1 day ago   | holds         |
        | 29 days ago | 1 day ago   | does not hold |
        | 3 hours ago | 1 hour ago  | does not hold |

    @S2-08
    Scenario: The person's own first sign brings a check-in by itself
      Given a person of 37 in telehealth care
      And the C-SSRS was answered no throughout
      And signature.seen is 1
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a care manager (E2) because of "the-persons-own-early-sign-asks-for-contact"
      And early-warning-signature is recommended

    @S2-08
    Scenario: Aftercare without a signature begins by writing one
      Given a person of 37 in telehealth care
      And aftercare.enrolled is yes
      And signature.recorded is no
      When the aftercare team asks for a recommendation
      Then early-warning-signature and relapse-prevention-plan are recommended

  Rule: A signal that changes

    @S2-05 @S2-18
    Scenario Outline: Signs that cannot wait
      Given a person of 37 in outpatient care
      And <sign>
      When the aftercare team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "<rule>"
      And emergency-response is recommended at once

      Examples:
        | sign                           | rule                                      |
        | symptom.chest_pain is yes now  | chest-pain-is-an-emergency                |
        | psychosis.command_harm is yes now | voices-that-command-harm-are-an-emergency |

    @S2-05 @S2-18 @T14
    Scenario Outline: Vital signs beside a stimulant
      Given a person of 37 in outpatient care
      And use.stimulant_recent is <stimulant>
      And the condition and medication lists were reviewed today
      And vital.systolic is <systolic> mm[Hg] now
      And vital.diastolic is 80 mm[Hg] now
      And vital.heart_rate is <pulse> /min now
      And vital.temperature is 37.0 Cel now
      When the aftercare team asks for a recommendation
      Then "dangerous-vital-signs-with-stimulants-or-serotonin-medicine-are-an-emergency" <state>

      Examples:
        | stimulant | systolic | pulse | state         |
        | yes       | 180      | 80    | holds         |
        | yes       | 179      | 119   | does not hold |
        | yes       | 120      | 120   | holds         |
        | no        | 190      | 130   | does not hold |

    @S2-02 @S2-05
    Scenario Outline: Little sleep without fatigue
      Given a person of 37 in telehealth care
      And sleep.hours was <hours> on the last 3 days
      And sleep.no_fatigue is <rested>
      When the aftercare team asks for a recommendation
      Then "short-sleep-without-fatigue-asks-for-a-clinician" <state>

      Examples:
        | hours        | rested | state         |
        | 7, 4 and 3.5 | yes    | holds         |
        | 7, 4 and 3.5 | no     | does not hold |
        | 4, 7 and 4   | yes    | does not hold |

    @S1-04 @S2-05 @T14
    Scenario Outline: An injection that is late
      Given a person of 37 in outpatient care
      And injection.moud_days_overdue is <days> days
      When the aftercare team asks for a recommendation
      Then "an-overdue-injection-for-addiction-asks-for-early-contact" <early>
      And "an-injection-for-addiction-overdue-by-a-week-asks-for-urgent-contact" <urgent>

      Examples:
        | days | early         | urgent        |
        | 3    | does not hold | does not hold |
        | 4    | holds         | does not hold |
        | 7    | holds         | does not hold |
        | 8    | holds         | holds         |

    @S1-13 @S2-05
    Scenario: A pregnancy becomes known
      Given a person of 28 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds methadone
      And pregnancy.newly_reported is yes
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 72 hours by a clinician (E3) because of "a-new-pregnancy-asks-for-a-plan-within-72-hours"
      And methadone is not withheld

  Rule: What is due, and what is silence

    @S1-20 @S2-02 @T14
    Scenario Outline: Measures fall due
      Given a person of 37 in telehealth care
      And depression is active, moderate
      And the PHQ-9 total is 8 <when>
      When the aftercare team asks for a recommendation
      Then "phq9-is-due-in-active-depression" <state>

      Examples:
        | when        | state         |
        | 27 days ago | does not hold |
        | 28 days ago | holds         |

    @S2-02 @S2-05 @T18
    Scenario Outline: Nobody answers
      Given a person of 37 in telehealth care
      And message.days_unanswered is <days> days
      When the aftercare team asks for a recommendation
      Then "two-weeks-without-an-answer-ask-for-urgent-outreach" <state>

      Examples:
        | days | state         |
        | 13   | does not hold |
        | 14   | holds         |

    @S2-05 @T16
    Scenario Outline: Days count from the event and not from the message about it
      Given a person of 37 in outpatient care
      And there was an overdose <days> days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "overdose-asks-about-intent" <state>

      Examples:
        | days | state         |
        | 7    | holds         |
        | 8    | does not hold |

    @S1-05 @S1-13
    Scenario Outline: A second overdose in a year
      Given a person of 37 in outpatient care
      And there was an overdose 40 days ago
      And there was an overdose <earlier> days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "a-second-overdose-in-a-year-asks-for-more-intensive-care" <state>

      Examples:
        | earlier | state         |
        | 365     | holds         |
        | 366     | does not hold |

  Rule: A step that nobody takes up climbs

    @S2-16 @S2-18 @T76
    Scenario Outline: Waiting for somebody to say: I have it
      Given a person of 37 in outpatient care
      And the C-SSRS was answered no throughout
      And escalation.waiting is <step> now
      And escalation.waiting_minutes is <minutes> min now
      When the aftercare team asks for a recommendation
      Then "a-same-day-step-nobody-takes-up-climbs" <same_day>
      And "a-crisis-step-nobody-takes-up-becomes-an-emergency" <crisis>

      Examples:
        | step | minutes | same_day      | crisis        |
        | e3   | 500     | does not hold | does not hold |
        | e4   | 119     | does not hold | does not hold |
        | e4   | 120     | holds         | does not hold |
        | e5   | 14      | does not hold | does not hold |
        | e5   | 15      | does not hold | holds         |

    @S2-16 @S2-18 @T76
    Scenario Outline: A deadline that has passed
      Given a person of 37 in outpatient care
      And the C-SSRS was answered no throughout
      And escalation.overdue is <late> now
      When the aftercare team asks for a recommendation
      Then something is escalated to <next> or beyond

      Examples:
        | late | next |
        | e1   | E2   |
        | e2   | E3   |
        | e3   | E4   |
        | e4   | E5   |
        | e5   | E6   |

    @S2-01 @S2-16 @S2-18 @T74
    Scenario: A message that speaks of death
      Given a person of 37 in telehealth care
      And message.danger is yes now
      When the aftercare team asks for a recommendation
      Then the first thing to do is a contact within the hour by a crisis clinician (E5) because of "a-message-that-speaks-of-death-or-danger-is-answered-now"
      And crisis-line is recommended at once

    @S2-16 @S2-18 @T89
    Scenario: Nobody reached at suicide risk
      Given a person of 37 in telehealth care
      And the C-SSRS was answered yes to 3, otherwise no 2 days ago
      And outreach.failed_attempts is 3
      When the aftercare team asks for a recommendation
      Then the first thing to do is a contact within the hour by a crisis clinician (E5) because of "nobody-reached-at-suicide-risk-asks-for-a-welfare-check"
      And welfare-check is recommended today

  Rule: After a crisis, contact in small steps

    @S2-18 @V03
    Scenario Outline: How contact is spaced after a high risk
      Given a person of 37 in outpatient care
      And the C-SSRS was answered no throughout
      And suicide.days_since_high is <high> days
      And suicide.days_since_raised is <raised> days
      And suicide.screen_positive was <screens> on the last 2 <spacing>
      When the aftercare team asks for a recommendation
      Then follow-up is every <days> days

      Examples:
        | high | raised | screens    | spacing | days |
        | 7    | 7      | yes and no | days    | 3    |
        | 8    | 8      | no and no  | weeks   | 7    |
        | 40   | 40     | no and no  | days    | 7    |

    @S2-18
    Scenario Outline: Two clear screens a week apart
      Given a person of 37 in outpatient care
      And suicide.days_since_raised is <raised> days
      And suicide.screen_positive was no and no on the last 2 <spacing>
      When the aftercare team asks for a recommendation
      Then "contact-stays-weekly-until-two-clear-screens-a-week-apart" <state>

      Examples:
        | raised | spacing | state         |
        | 90     | weeks   | does not hold |
        | 90     | days    | holds         |
        | 91     | days    | does not hold |

    @S2-18 @T04
    Scenario: Two clear screens that are two days apart are not a week
      Given a person of 37 in outpatient care
      And the C-SSRS was answered no throughout
      And suicide.days_since_raised is 40 days
      And suicide.screen_positive was yes, no, no and no on the last 4 days
      When the aftercare team asks for a recommendation
      Then "contact-stays-weekly-until-two-clear-screens-a-week-apart" holds

    @S2-18 @V02
    Scenario: Lost from the line in a crisis
      Given a person of 29 in telehealth care
      And the person's location in US is confirmed
      And the C-SSRS was answered yes to 2 and 4, otherwise no
      And suicide.left_before_evaluation is yes now
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "leaving-or-lost-before-a-crisis-evaluation-is-an-emergency"
      And welfare-check is recommended at once

    @S2-18 @V48
    Scenario Outline: A clinician's judgement raises what the screen said, and never lowers it
      Given a person of 29 in outpatient care
      And the C-SSRS was answered <screen>
      And suicide.clinician_rating is <rating>
      When the intake team asks for a recommendation
      Then something is escalated to <level> or beyond

      Examples:
        | screen                       | rating   | level |
        | no throughout                | high     | E5    |
        | no throughout                | moderate | E4    |
        | yes to 2 and 4, otherwise no | none     | E5    |
