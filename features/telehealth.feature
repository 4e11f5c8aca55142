Feature: Care at a distance
  Every remote session begins with where the person is. Danger is met with a voice and a place, never with a message; a
  poor connection changes the channel and not the priority.

  Rule: The start of a session

    @S2-01 @S2-14 @S2-16 @S2-18 @T73
    Scenario: The checklist of a remote session
      Given a person of 39 in telehealth care
      When the aftercare team asks for a recommendation
      Then it asks for patient.location_verified, session.identity_confirmed and session.callback_number
      And it asks for session.emergency_contact, session.local_emergency_number and telehealth.private_place
      And it asks for session.consent, session.others_named and session.licensed_there

    @S2-01
    Scenario: A visit at the clinic has no such list
      Given a person of 39 in outpatient care
      When the intake team asks for a recommendation
      Then it does not ask for session.callback_number, session.consent and session.licensed_there

    @S2-01
    Scenario: What was confirmed for yesterday's session is asked again today
      Given a person of 39 in telehealth care
      And session.callback_number is yes, 1 day ago
      And session.identity_confirmed is yes, 1 hour ago
      When the aftercare team asks for a recommendation
      Then it asks for session.callback_number
      And it does not ask for session.identity_confirmed

    @S2-01 @S2-14 @T73
    Scenario: An open check keeps the session open
      Given a person of 39 in telehealth care
      And aftercare.enrolled is yes
      And telehealth.private_place is yes
      And session.consent is no
      When the aftercare team asks for a recommendation
      Then a caution stands beside telehealth-aftercare that says "Settle what is open first"

  Rule: Suitable, suitable with safeguards, not suitable

    Background:
      Given a person of 39 in telehealth care
      And aftercare.enrolled is yes
      And telehealth.private_place is yes

    @S2-01 @S2-16 @S2-18
    Scenario Outline: Not by screen alone
      Given <danger>
      When the aftercare team asks for a recommendation
      Then telehealth-aftercare is withheld because of "danger-now-rules-out-telehealth-as-the-only-way"
      And something is escalated to E5 or beyond

      Examples:
        | danger                        |
        | suicide.attempt_now is yes    |
        | overdose.now is yes           |
        | withdrawal.seizure_now is yes |
        | violence.imminent is yes      |

    @S2-01 @S2-18 @T14
    Scenario Outline: Moderate danger, with safeguards the same day
      Given the CIWA-Ar total is <score>
      When the aftercare team asks for a recommendation
      Then "moderate-danger-asks-for-safeguards-in-remote-care" <safeguards>
      And "danger-now-rules-out-telehealth-as-the-only-way" <ruled out>

      Examples:
        | score | safeguards        | ruled out         |
        | 9     | cannot be settled | cannot be settled |
        | 10    | holds             | cannot be settled |
        | 18    | holds             | cannot be settled |
        | 19    | holds             | holds             |

    @S2-01
    Scenario: What needs hands is done in person, in one planned trip
      Given visit.needs_in_person is yes
      When the aftercare team asks for a recommendation
      Then hybrid-visit is recommended soon because of "what-needs-hands-asks-for-an-in-person-visit"
      And telehealth-aftercare is recommended

    @S2-01 @S2-19
    Scenario: Trouble hearing or seeing
      Given need.sensory is yes
      When the aftercare team asks for a recommendation
      Then a caution stands beside telehealth-aftercare that says "Captions"
      And accessibility-support is recommended soon

    @S2-01 @S2-02 @S2-06 @S2-15
    Scenario: Between sessions
      Given telehealth.device is yes
      And aftercare.days is 28 days
      And the C-SSRS was answered no throughout
      When the aftercare team asks for a recommendation
      Then remote-monitoring, digital-tools, wellness-workshops and asynchronous-messaging are recommended as routine

    @S2-01 @S2-11 @T14
    Scenario: The weekly message belongs to the first four weeks
      Given telehealth.device is yes
      And aftercare.days is 29 days
      When the aftercare team asks for a recommendation
      Then asynchronous-messaging is not recommended

    @S2-17
    Scenario: Staff trained and supervised for remote care
      Given programme.remote_training is no
      When the aftercare team asks for a recommendation
      Then a caution stands beside telehealth-aftercare that says "cultural humility"
      And telehealth-aftercare is not withheld

    @S1-15 @S2-15
    Scenario: What went well is said
      Given use.goal_met is yes
      When the aftercare team asks for a recommendation
      Then goal-setting is recommended because of "progress-in-aftercare-is-named"

  Rule: Never a message in place of a voice

    @S2-01 @S2-16 @S2-18 @T74
    Scenario Outline: Danger puts messages off
      Given a person of 39 in telehealth care
      And aftercare.enrolled is yes
      And aftercare.days is 10 days
      And telehealth.device is yes
      And <danger>
      When the aftercare team asks for a recommendation
      Then asynchronous-messaging is withheld because of "danger-puts-messages-off"

      Examples:
        | danger                                             |
        | the C-SSRS was answered yes to 3, otherwise no now |
        | overdose.now is yes                                |
        | withdrawal.delirium_now is yes                     |

    @S2-16 @S2-18 @T75
    Scenario: Help is dated, and offers only what exists
      Given a person of 39 in telehealth care
      When the aftercare team asks for a recommendation
      Then every line of help says when it was last checked
