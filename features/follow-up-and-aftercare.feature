Feature: Follow-up and telehealth aftercare
  The shortest interval that anything asks for wins. Silence is not stability. Contact grows rarer only when everything
  that speaks for it is known and fresh; a lapse brings more contact, and no way back to the beginning.

  Rule: The shortest interval wins

    @S1-13 @V45 @T71
    Scenario: One rule asks for two days, another for a week
      Given a person of 39 in telehealth care
      And opioid use disorder is active, severe
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds buprenorphine
      And moud.weeks_on_treatment is 2 weeks
      And moud.days_missed is 0 days
      And there was a discharge 3 days ago
      And discharge.kind is residential
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "early-or-unsettled-buprenorphine-asks-for-weekly-contact" demands contact every 7 days
      And "discharge-from-substance-use-care-asks-for-contact-within-48-hours" demands contact every 2 days
      And follow-up is every 2 days

    @S1-12 @S2-11
    Scenario Outline: The person's wishes may shorten an interval and never lengthen it
      Given a person of 39 in outpatient care
      And the medication list was reviewed today and holds buprenorphine
      And the C-SSRS was answered no throughout
      And moud.weeks_on_treatment is 8 weeks
      And moud.days_missed is 0 days
      And tox.fentanyl is no
      And tox.opioids is no
      And the person would like contact every <wish> days
      When the aftercare team asks for a recommendation
      Then follow-up is every <days> days

      Examples:
        | wish | days |
        | 7    | 7    |
        | 60   | 14   |

    @S1-04 @S1-13 @T14
    Scenario Outline: Buprenorphine, week by week
      Given a person of 39 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds buprenorphine
      And moud.weeks_on_treatment is <weeks> weeks
      And moud.days_missed is 0 days
      And tox.fentanyl is no
      And tox.opioids is no
      When the aftercare team asks for a recommendation
      Then follow-up is every <days> days

      Examples:
        | weeks | days |
        | 3     | 7    |
        | 4     | 14   |
        | 11    | 14   |
        | 12    | 30   |

  Rule: After a stay, an emergency or custody

    @S1-06 @S1-18 @V41 @T79
    Scenario: Discharged from a psychiatric ward on Friday, first visit on day nine
      Given a person of 39 in telehealth care
      And the C-SSRS was answered no throughout
      And there was a discharge 3 days ago
      And discharge.kind is psychiatric
      And discharge.first_visit_day is 9 days
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a care manager (E2) because of "late-first-visit-after-discharge-is-booked-again"
      And the team is told "weekend included"
      And follow-up is at most every 3 days
      And relapse-prevention-plan is recommended

    @S1-06 @S1-18 @V41 @T14
    Scenario Outline: A first visit within seven days
      Given a person of 39 in telehealth care
      And there was a discharge 3 days ago
      And discharge.kind is psychiatric
      And discharge.first_visit_day is <day> days
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "late-first-visit-after-discharge-is-booked-again" <state>

      Examples:
        | day | state         |
        | 7   | does not hold |
        | 8   | holds         |

    @S1-18 @S2-05
    Scenario Outline: First contact in time
      Given a person of 39 in outpatient care
      And the C-SSRS was answered no throughout
      And <event>
      And discharge.kind is <kind>
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then follow-up is at most every <days> days

      Examples:
        | event                                   | kind        | days |
        | there was a discharge 1 day ago         | psychiatric | 3    |
        | there was a discharge 1 day ago         | residential | 2    |
        | there was a discharge 20 days ago       | residential | 7    |
        | there was an emergency visit 2 days ago | medical     | 3    |
        | there was an overdose 2 days ago        | medical     | 3    |

    @S1-04 @S2-05 @T79
    Scenario Outline: A gap in the medicine is closed the same day, before the weekend
      Given a person of 39 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds buprenorphine
      And moud.days_missed is <missed> days
      And moud.supply_days is <supply> days
      When the aftercare team asks for a recommendation
      Then "gap-in-opioid-medicine-asks-for-help-the-same-day" <state>
      And "one-missed-day-of-opioid-medicine-asks-for-early-contact" <early>

      Examples:
        | missed | supply | state         | early         |
        | 0      | 4      | does not hold | does not hold |
        | 1      | 4      | does not hold | holds         |
        | 2      | 4      | holds         | holds         |
        | 0      | 1      | holds         | does not hold |
        | 0      | 2      | does not hold | does not hold |

  Rule: Silence is not stability

    @S2-02 @S2-05 @S2-08 @V38 @T18
    Scenario: Eight days without a word, a missed visit, opioid use disorder
      Given a person of 39 in telehealth care
      And opioid use disorder is active, severe
      And the C-SSRS was answered no throughout 6 days ago
      And craving.daily was 2, 1, 2 on the last 3 days, up to 8 days ago
      And there was a missed contact 2 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then the first thing to do is a contact within 72 hours by a clinician (E3) because of "missed-visit-and-silence-with-opioid-use-disorder-asks-for-urgent-outreach"
      And it also calls for a contact within 7 days by a care manager (E2) because of "silence-asks-for-contact-within-7-days"

    @S2-05 @T18
    Scenario Outline: A week without an entry is silence
      Given a person of 39 in telehealth care
      And craving.daily was 2, 1, 2 on the last 3 days, up to <end>
      When the aftercare team asks for a recommendation
      Then "silence-asks-for-contact-within-7-days" <state>

      Examples:
        | end        | state             |
        | 6 days ago | cannot be settled |
        | 7 days ago | holds             |

    @S2-05 @S2-08 @S2-15
    Scenario Outline: Missed visits
      Given a person of 39 in telehealth care
      And there was a missed contact <first> days ago
      And there was a missed contact <second> days ago
      And there was a kept contact 20 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "one-missed-visit-asks-for-outreach" <one>
      And "two-missed-visits-or-no-contact-asks-for-urgent-outreach" <two>

      Examples:
        | first | second | one           | two           |
        | 2     | 5      | holds         | holds         |
        | 2     | 16     | holds         | holds         |
        | 40    | 41     | does not hold | does not hold |

    @T17 @S2-05
    Scenario: No report of a missed visit is not a report of no missed visit
      Given a person of 39 in telehealth care
      When the aftercare team asks for a recommendation
      Then "one-missed-visit-asks-for-outreach" cannot be settled
      And it asks for a review of the event list

  Rule: Early-warning signs become a plan of action

    @S2-02 @S2-08 @V39
    Scenario: Strong craving, eighteen bad nights, a missed group
      Given a person of 39 in telehealth care
      And alcohol use disorder is active, moderate
      And the C-SSRS was answered no throughout
      And bam.craving is 3
      And sleep.trouble_nights is 18
      And there was a missed contact 1 day ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 72 hours by a clinician (E3) because of "craving-with-another-sign-is-amber"
      And the team is told "Visit within 72 hours"
      And follow-up is at most every 3 days

    @S2-08 @T14
    Scenario Outline: Counting the signs
      Given a person of 39 in telehealth care
      And warning_signs.total was <count> on the last 1 weeks
      And warning_signs.craving_up is <key>
      When the aftercare team asks for a recommendation
      Then "one-or-two-warning-signs-are-yellow" <yellow>
      And "several-warning-signs-are-amber" <amber>
      And "many-warning-signs-are-red" <red>

      Examples:
        | count | key | yellow        | amber         | red           |
        | 0     | no  | does not hold | does not hold | does not hold |
        | 1     | no  | holds         | does not hold | does not hold |
        | 2     | no  | holds         | cannot be settled | does not hold |
        | 1     | yes | holds         | does not hold | does not hold |
        | 2     | yes | holds         | holds         | does not hold |
        | 3     | no  | holds         | holds         | does not hold |
        | 4     | no  | holds         | holds         | does not hold |
        | 5     | no  | holds         | holds         | holds         |

    @S2-08 @S2-10
    Scenario: Amber twice in four weeks is red
      Given a person of 39 in telehealth care
      And warning_signs.total was 3, 1, 3 on the last 3 weeks
      When the aftercare team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "many-warning-signs-are-red"
      And case-conference is recommended

    @S2-05 @S2-08
    Scenario: Strong craving with opioid use disorder
      Given a person of 39 in telehealth care
      And opioid use disorder is active, severe
      And the C-SSRS was answered no throughout
      And craving.daily was 3, 5, 8 on the last 3 days
      When the aftercare team asks for a recommendation
      Then the first thing to do is a contact within 72 hours by a clinician (E3) because of "strong-craving-with-opioids-or-recent-discharge-asks-for-a-clinician"

    @S2-05 @S2-16 @T63
    Scenario: Opioids again after a time without
      Given a person of 39 in telehealth care
      And opioid use disorder is in remission
      And the C-SSRS was answered no throughout
      And use.returned_opioid is yes
      When the aftercare team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "return-to-opioids-asks-for-help-the-same-day"
      And naloxone and overdose-education are recommended today
      And follow-up is at most every 7 days

    @S1-13 @S2-05 @T08 @T14
    Scenario Outline: A PHQ-9 that is high, or rises
      Given a person of 39 in telehealth care
      And the PHQ-9 total is <before> 28 days ago
      And the PHQ-9 total is <now> today
      When the aftercare team asks for a recommendation
      Then "severe-or-rising-phq9-asks-for-a-clinician-within-72-hours" <state>

      Examples:
        | before | now | state         |
        | 19     | 20  | holds         |
        | 18     | 19  | does not hold |
        | 10     | 15  | holds         |
        | 11     | 15  | does not hold |
        | 5      | 14  | does not hold |

    @S1-20 @S2-05 @T14 @T32
    Scenario Outline: The BAM by its subscales; in the protective one high is good
      Given a person of 39 in telehealth care
      And bam.risk is <risk>
      And bam.protective is <protective>
      And bam.use was <use> on the last 2 weeks
      When the aftercare team asks for a recommendation
      Then "bam-flags-ask-for-contact-within-7-days" <state>

      Examples:
        | risk | protective | use     | state         |
        | 11   | 13         | 0 and 0 | does not hold |
        | 12   | 13         | 0 and 0 | holds         |
        | 11   | 12         | 0 and 0 | holds         |
        | 11   | 13         | 0 and 1 | holds         |

    @S1-13 @S2-05 @S2-08
    Scenario Outline: Other changes that ask for contact
      Given a person of 39 in telehealth care
      And opioid use disorder is active, moderate
      And <change>
      When the aftercare team asks for a recommendation
      Then it also calls for <contact> because of "<rule>"

      Examples:
        | change                                         | contact                                       | rule                                                           |
        | life.major_change is yes                       | a contact within 72 hours by a clinician (E3) | major-loss-with-opioid-use-disorder-asks-for-urgent-contact    |
        | bam.confidence was 4 and 2 on the last 2 weeks | a review within 14 days by the team (E1)      | falling-confidence-asks-for-a-review                           |
        | the person who has liver disease drank heavily | a contact within 72 hours by a clinician (E3) | heavy-drinking-with-a-dangerous-condition-asks-for-a-clinician |
        | use.lapses_28_days is 2                        | a contact within 7 days by a clinician (E2)   | repeated-lapses-ask-for-a-step-up-decision                     |

  Rule: The aftercare pathway: in

    @S1-06 @S1-18 @S2-03
    Scenario Outline: How aftercare begins
      Given a person of 39 in telehealth care
      And the C-SSRS was answered no throughout
      And <entry>
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then the person stands at <stage> on telehealth-aftercare
      And follow-up is at most every <days> days
      And <component> is recommended

      Examples:
        | entry                                        | stage         | days | component               |
        | aftercare.enrolled is yes                    | first-contact | 2    | care-manager-liaison    |
        | the person left residential care 2 days ago  | first-contact | 2    | care-manager-liaison    |
        | the person left residential care 10 days ago | first-plan    | 7    | relapse-prevention-plan |
        | the person left psychiatric care 10 days ago | first-plan    | 7    | early-warning-signature |

    @S1-06
    Scenario: A stay in a medical ward is no beginning of aftercare
      Given a person of 39 in telehealth care
      And aftercare.enrolled is no
      And the person left medical care 10 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then the person is not on telehealth-aftercare

    @S1-06
    Scenario: While nobody knows, the person is not put on the pathway
      Given a person of 39 in telehealth care
      When the aftercare team asks for a recommendation
      Then the person is not on telehealth-aftercare, as far as is known
      And it asks for aftercare.enrolled

    @S2-01 @S2-03 @S2-11
    Scenario: A private place, and the phone by preference
      Given a person of 39 in telehealth care
      And the C-SSRS was answered no throughout
      And aftercare.enrolled is yes
      And the person stands at stabilising on telehealth-aftercare since 5 days ago
      And telehealth.private_place is yes
      And the person would like contact by phone
      When the aftercare team asks for a recommendation
      Then telehealth-aftercare is recommended
      And follow-up is every 7 days with a therapist by phone

    @S1-07 @S2-07 @S2-19
    Scenario: No stable internet, and no loss of priority
      Given a person of 39 in telehealth care
      And aftercare.enrolled is yes
      And telehealth.private_place is yes
      And telehealth.internet is no
      When the aftercare team asks for a recommendation
      Then telehealth-aftercare is recommended
      And a caution stands beside telehealth-aftercare that says "phone visits; they count as visits"

  Rule: The aftercare pathway: through

    Background:
      Given a person of 39 in telehealth care
      And alcohol use disorder is active, moderate
      And aftercare is going well

    @S1-18 @S2-11
    Scenario: After four good weeks, contact every two weeks
      Given the person left residential care 28 days ago
      And the person stands at stabilising on telehealth-aftercare since 28 days ago
      When the aftercare team asks for a recommendation
      Then the person stands at consolidating on telehealth-aftercare

    @S1-18 @T70
    Scenario: One day short of four weeks
      Given the person left residential care 27 days ago
      And aftercare.days is 27 days
      And the person stands at stabilising on telehealth-aftercare since 27 days ago
      When the aftercare team asks for a recommendation
      Then the person stands at stabilising on telehealth-aftercare
      And the way to consolidating is closed because of event.discharge.days_since

    @S1-18 @V40 @T04 @T70
    Scenario Outline: Anything unknown or out of date holds the person where contact is closer
      Given the person left residential care 40 days ago
      And the person stands at stabilising on telehealth-aftercare since 40 days ago
      And <finding> <known>
      When the aftercare team asks for a recommendation
      Then the person stands at stabilising on telehealth-aftercare
      And the way to consolidating is held because of <finding or instrument>

      Examples:
        | finding        | known                          | finding or instrument  |
        | the C-SSRS     | is only known from 20 days ago | suicide.tier           |
        | the PHQ-9      | is only known from 31 days ago | phq9.total             |
        | the sign count | is not known                   | warning_signs.count    |
        | the use diary  | is not known                   | use_days.last_30       |
        | the event list | is not known                   | contact.missed_30_days |

    @S2-08
    Scenario Outline: Early-warning signs move the person to closer contact
      Given the person left residential care 40 days ago
      And the person stands at <stage> on telehealth-aftercare since 5 days ago
      And <sign>
      When the aftercare team asks for a recommendation
      Then the person stands at at-risk on telehealth-aftercare
      And follow-up is at most every 3 days
      And relapse-prevention-plan is recommended

      Examples:
        | stage         | sign                                               |
        | stabilising   | craving.daily was 7, 8, 9 on the last 3 days       |
        | maintaining   | checkin.missed was yes and yes on the last 2 days  |
        | extending     | warning_signs.total was 4 on the last 1 weeks    |
        | consolidating | need.homelessness is yes now                       |
        | consolidating | the C-SSRS was answered yes to 3, otherwise no now |

    @S2-16 @S2-18
    Scenario Outline: Danger leaves the pathway for care in person
      Given the person left residential care 40 days ago
      And the person stands at maintaining on telehealth-aftercare since 5 days ago
      And <danger>
      When the aftercare team asks for a recommendation
      Then the person stands at stepped-up on telehealth-aftercare
      And follow-up is every 1 day
      And case-conference is recommended

      Examples:
        | danger                                             |
        | the C-SSRS was answered yes to 4, otherwise no now |
        | overdose.now is yes                                |
        | withdrawal.seizure_now is yes                      |
        | psychosis.current is yes                           |
        | the CIWA-Ar total is 19                            |
        | there was an overdose 3 days ago                   |

    @S1-13 @S2-15 @T67
    Scenario: A lapse has its own plan and is no new beginning
      Given the person left residential care 200 days ago
      And the person stands at maintaining on telehealth-aftercare since 20 days ago
      And use.returned_other is yes now
      When the aftercare team asks for a recommendation
      Then the person stands at lapse-plan on telehealth-aftercare
      And it also calls for a contact within 72 hours by a clinician (E3) because of "return-to-alcohol-stimulants-or-cannabis-asks-for-a-visit-within-72-hours"
      And the team is told "without blame"
      And follow-up is every 7 days

    @S1-18 @S2-15
    Scenario Outline: Signs have settled, and that is known; contact is weekly first, however long ago the discharge was
      Given the person left residential care <discharge> days ago
      And the person stands at at-risk on telehealth-aftercare since 10 days ago
      When the aftercare team asks for a recommendation
      Then the person stands at stabilising on telehealth-aftercare

      Examples:
        | discharge |
        | 20        |
        | 40        |

    @S1-18
    Scenario: Signs may have settled, and nobody has counted
      Given the person left residential care 40 days ago
      And the person stands at at-risk on telehealth-aftercare since 5 days ago
      And the sign count is not known
      When the aftercare team asks for a recommendation
      Then the person stands at at-risk on telehealth-aftercare
      And the way to stabilising is held because of warning_signs.count

    @S1-18
    Scenario: The second year
      Given the person left residential care 370 days ago
      And the person stands at maintaining on telehealth-aftercare since 200 days ago
      When the aftercare team asks for a recommendation
      Then the person stands at recovery-check-ups on telehealth-aftercare

  Rule: Less care only when everything is known

    @S1-13 @S1-18 @V40 @T70
    Scenario: A step down is asked for, with a suicide screen from three weeks ago
      Given a person of 39 in telehealth care
      And alcohol use disorder is active, moderate
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 5 days
      And the C-SSRS is only known from 20 days ago
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" cannot be settled
      And suicide-risk-assessment is recommended because of "step-down-request-asks-for-a-fresh-suicide-screen"
      And it asks for the C-SSRS

    @S1-13 @S1-18 @T70
    Scenario: A step down with everything known and well
      Given a person of 39 in telehealth care
      And alcohol use disorder is active, moderate
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 5 days
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" holds
      And case-conference and relapse-prevention-plan are recommended

    @S1-13 @S1-18 @T70
    Scenario Outline: One thing that is not well keeps the level of care
      Given a person of 39 in telehealth care
      And alcohol use disorder is active, moderate
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 5 days
      And <trouble>
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" does not hold
      And it also calls for a review within 14 days by the team (E1) because of "a-known-barrier-holds-the-level-of-care"

      Examples:
        | trouble                                            |
        | the C-SSRS was answered yes to 3, otherwise no now |
        | the PHQ-9 total is 10 now                          |
        | there was a missed contact 3 days ago              |

    @S1-18
    Scenario: A first visit that is too far away
      Given a person of 39 in telehealth care
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 8 days
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" does not hold
