Feature: Barriers and social needs, each with a concrete answer
  A barrier belongs to the service and not to the person. Every need gets a component, and what is urgent gets a person
  and a time.

  Rule: What stands between the person and care

    @S1-07 @S1-07/no-programme @S1-07/cost @S1-07/distance @S1-07/stigma @S2-07 @S2-07/work @S2-19
    Scenario Outline: Each barrier has its answer
      Given a person of 33 in outpatient care
      And <barrier> is yes
      When the intake team asks for a recommendation
      Then <components> are recommended

      Examples:
        | barrier                      | components                                       |
        | barrier.no_capable_programme | coordinated-care, warm-hand-off and hybrid-visit |
        | barrier.cost                 | sliding-scale-payment and benefits-and-coverage  |
        | barrier.distance             | hybrid-visit and hybrid-visit                    |
        | barrier.work_hours           | hybrid-visit and hybrid-visit                    |
        | barrier.stigma               | stigma-support and peer-support                  |
        | need.transport               | transport-support and hybrid-visit               |
        | need.uninsured               | benefits-and-coverage and sliding-scale-payment  |

    @S1-07 @T61
    Scenario: No programme for both disorders, and still both are treated at once
      Given a person of 33 in outpatient care
      And depression is active, moderate
      And alcohol use disorder is active, moderate
      And the PHQ-9 total is 14
      And barrier.no_capable_programme is yes
      When the intake team asks for a recommendation
      Then coordinated-care, warm-hand-off and cbt are recommended soon

    @S1-07 @S2-07/technology @S2-19
    Scenario: No device of one's own
      Given a person of 33 in telehealth care
      And aftercare.enrolled is yes
      And telehealth.private_place is yes
      And telehealth.device is no
      When the aftercare team asks for a recommendation
      Then accessibility-support is recommended
      And a caution stands beside telehealth-aftercare that says "Phone visits count"

  Rule: Social needs

    @S1-05 @S2-13 @T88
    Scenario: Homelessness is a task with an owner and a date
      Given a person of 33 in outpatient care
      And need.homelessness is yes
      And housing.wants_recovery_residence is yes
      When the intake team asks for a recommendation
      Then housing-navigation is recommended today
      And recovery-housing is recommended soon
      And it also calls for a contact within 72 hours by a care manager (E3) because of "homelessness-asks-for-housing-navigation"

    @S1-05 @S1-09 @S1-16 @S2-13
    Scenario Outline: Each need has its own answer
      Given a person of 33 in outpatient care
      And <need> is yes
      When the intake team asks for a recommendation
      Then <component> is recommended because of "<rule>"

      Examples:
        | need                   | component             | rule                                                    |
        | need.food              | food-support          | lack-of-food-asks-for-food-support                      |
        | need.utilities         | benefits-and-coverage | bills-that-cannot-be-paid-ask-for-benefits              |
        | need.childcare         | childcare-support     | childcare-need-asks-for-childcare-support               |
        | need.isolation         | community-activities  | isolation-asks-for-company-and-activities               |
        | need.sensory           | accessibility-support | hearing-seeing-or-reading-need-asks-for-accessible-care |
        | need.plain_language    | accessibility-support | hearing-seeing-or-reading-need-asks-for-accessible-care |
        | legal.criminal_justice | legal-aid             | justice-case-asks-for-its-own-consent                   |

    @S1-05 @S2-14 @S2-18
    Scenario Outline: Violence or exploitation changes how one may speak
      Given a person of 33 in telehealth care
      And aftercare.enrolled is yes
      And aftercare.days is 10 days
      And telehealth.device is yes
      And <danger> is yes
      When the aftercare team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4)
      And domestic-violence-support is recommended today
      And asynchronous-messaging is withheld because of "unsafe-home-puts-messages-off"

      Examples:
        | danger           |
        | need.unsafe_home |
        | need.trafficking |

    @S2-19 @T85
    Scenario Outline: The need for an interpreter or plain words is not a risk
      Given a person of 33 in outpatient care
      And the C-SSRS was answered no throughout
      And nothing else makes either disorder severe
      And depression is active, mild
      And alcohol use disorder is active, mild
      And <need> is <answer>
      When the intake team asks for a recommendation
      Then coordinated-care is recommended
      And co-located-care, intensive-case-management and case-management are not recommended

      Examples:
        | need                | answer |
        | need.interpreter    | yes    |
        | need.interpreter    | no     |
        | need.plain_language | yes    |
        | need.plain_language | no     |

    @S2-09 @S2-14 @T80
    Scenario: Without consent the family is not contacted, and may still be heard
      Given a person of 33 in outpatient care
      And psychosis is active
      And family.contact_consented is no
      And family.asks_for_help is yes
      When the intake team asks for a recommendation
      Then family-psychoeducation is withheld because of "without-consent-the-family-is-not-contacted"
      And instead of family-psychoeducation it offers peer-support

    @S2-09 @S2-14 @S2-18 @T80
    Scenario Outline: An emergency permits telling what lessens the danger
      Given a person of 33 in outpatient care
      And family.contact_consented is <consent>
      And suicide.attempt_now is <attempt>
      When the intake team asks for a recommendation
      Then "an-emergency-permits-telling-what-lessens-the-danger" <state>

      Examples:
        | consent | attempt | state             |
        | no      | yes     | holds             |
        | yes     | yes     | does not hold     |
        | no      | no      | cannot be settled |

    @S1-05 @S1-18 @T70
    Scenario Outline: Leaving intensive case management only when all is known to be steady
      Given a person of 33 in outpatient care
      And case_management.received is intensive
      And stability.months is <months>
      And need.homelessness is no
      And the event list was reviewed today
      And the C-SSRS was <screen>
      When the intake team asks for a recommendation
      Then "a-stable-course-may-leave-intensive-case-management" <state>

      Examples:
        | months | screen                 | state             |
        | 3      | answered no throughout | holds             |
        | 2      | answered no throughout | does not hold     |
        | 3      | declined               | cannot be settled |
