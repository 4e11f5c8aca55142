Feature: Serious mental illness and substance use: one team, one plan, stage by stage
  P06: the stage of the person sets the work. Contact is sought and never closed, a return to use leads to a plan and not
  to the beginning, and the checks of medicines run beside the stages.

  Background:
    Given a person of 36 in outpatient care
    And psychosis is active
    And alcohol use disorder is active, severe
    And aftercare is going well
    And psychosis.current is no
    And mania.current is no

  Rule: In

    @S1-01 @S2-16
    Scenario: Acute psychosis comes first, and both disorders are treated
      Given psychosis.current is yes now
      When the intake team asks for a recommendation
      Then the person stands at acute-care on serious-mental-illness-and-substance-use
      And follow-up is every 1 day
      And something is escalated to E4 or beyond

    @S1-01 @S2-16 @T70
    Scenario Outline: While nobody has looked, a clinician is asked today and the person is seen daily
      Given <finding> is not known
      When the intake team asks for a recommendation
      Then the person stands at acute-now on serious-mental-illness-and-substance-use
      And it asks for <finding>
      And follow-up is every 1 day

      Examples:
        | finding           |
        | psychosis.current |
        | mania.current     |

    @S1-01 @S1-19
    Scenario: Neither psychosis nor mania now: the stage, the team, and the checks of medicines side by side
      When the intake team asks for a recommendation
      Then the person stands at stage-and-team on serious-mental-illness-and-substance-use
      And the person stands at medicine-checks on serious-mental-illness-and-substance-use
      And follow-up is at most every 7 days

    @S1-01
    Scenario Outline: Who is on it
      Given serious_mental_illness.rated is no
      And <known>
      When the intake team asks for a recommendation
      Then the person is not on serious-mental-illness-and-substance-use

      Examples:
        | known                                 |
        | psychosis is ruled out now            |
        | alcohol use disorder is ruled out now |

  Rule: Stage by stage, to recovery

    @S1-11 @S1-13 @S1-18 @S1-19
    Scenario: From the first rating to check-ups
      Given there was a kept contact 2 days ago
      And the person stands at stage-and-team on serious-mental-illness-and-substance-use since 5 days ago
      And the person stands at medicine-checks on serious-mental-illness-and-substance-use since 5 days ago
      And the task stage-and-team on serious-mental-illness-and-substance-use is done
      And stage.alcohol is engagement
      When the intake team asks for a recommendation
      Then the person stands at engagement on serious-mental-illness-and-substance-use
      And follow-up is at most every 3 days
      Given 20 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And there was a kept contact 2 days ago
      And stage.alcohol is early_persuasion
      When the intake team asks for a recommendation
      Then the person stands at persuasion on serious-mental-illness-and-substance-use
      Given 30 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And there was a kept contact 2 days ago
      And the person would like to cut down
      When the intake team asks for a recommendation
      Then the person stands at active on serious-mental-illness-and-substance-use
      Given 90 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And there was a kept contact 2 days ago
      When the intake team asks for a recommendation
      Then the person stands at review on serious-mental-illness-and-substance-use
      Given 1 day passes
      And the task review on serious-mental-illness-and-substance-use is done
      And treatment.no_progress_6_months is no
      And stage.alcohol is relapse_prevention
      When the intake team asks for a recommendation
      Then the person stands at relapse-prevention on serious-mental-illness-and-substance-use
      Given 60 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And use.returned_opioid is no
      And stage.alcohol is remission
      And there was a kept contact 2 days ago
      When the intake team asks for a recommendation
      Then the person stands at recovery-check-ups on serious-mental-illness-and-substance-use
      And the person stands at medicine-checks on serious-mental-illness-and-substance-use

    @S1-13 @T70
    Scenario: While the stage is not known nothing moves, and it is asked for
      Given there was a kept contact 2 days ago
      And the person stands at which-stage on serious-mental-illness-and-substance-use since 2 days ago
      When the intake team asks for a recommendation
      Then the person stands at which-stage on serious-mental-illness-and-substance-use
      And it asks for stage.alcohol

    @S1-13 @S1-05
    Scenario: No progress for six months raises the intensity
      Given there was a kept contact 2 days ago
      And the person stands at progress on serious-mental-illness-and-substance-use since 1 day ago
      And treatment.no_progress_6_months is yes
      When the intake team asks for a recommendation
      Then the person stands at more-intensity on serious-mental-illness-and-substance-use
      And follow-up is at most every 3 days
      And assertive-community-treatment is recommended

  Rule: Contact is sought, never closed

    @S1-05 @S1-13 @T62
    Scenario: Contact is lost: outreach, reviewed every month, without an end
      Given there was a kept contact 20 days ago
      And the person stands at active on serious-mental-illness-and-substance-use since 40 days ago
      When the intake team asks for a recommendation
      Then the person stands at engagement on serious-mental-illness-and-substance-use
      And follow-up is at most every 3 days
      Given 30 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      When the intake team asks for a recommendation
      Then the person stands at outreach-review on serious-mental-illness-and-substance-use
      And follow-up is at most every 3 days
      Given 1 day passes
      And the task outreach-review on serious-mental-illness-and-substance-use is done
      When the intake team asks for a recommendation
      Then the person stands at engagement on serious-mental-illness-and-substance-use

  Rule: Worse, and back

    @S1-18 @S2-08 @T67
    Scenario: A return to use in recovery is a plan of four weeks and no new start
      Given there was a kept contact 2 days ago
      And the person stands at recovery-check-ups on serious-mental-illness-and-substance-use since 50 days ago
      And use.returned_other is yes now
      When the intake team asks for a recommendation
      Then the person stands at lapse-plan on serious-mental-illness-and-substance-use
      And follow-up is at most every 7 days
      Given 28 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And use.returned_opioid is no
      And there was a kept contact 2 days ago
      When the intake team asks for a recommendation
      Then the person stands at relapse-prevention on serious-mental-illness-and-substance-use

    @S2-16 @S1-13
    Scenario: Psychosis is back: crisis care, and afterwards the stage is rated anew
      Given there was a kept contact 2 days ago
      And the person stands at persuasion on serious-mental-illness-and-substance-use since 30 days ago
      And psychosis.current is yes now
      When the intake team asks for a recommendation
      Then the person stands at acute-care on serious-mental-illness-and-substance-use
      And follow-up is every 1 day
      Given 3 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And no danger is found now
      When the intake team asks for a recommendation
      Then the person stands at stage-and-team on serious-mental-illness-and-substance-use

    @S2-16 @T77
    Scenario Outline: Danger leads to help from every stage
      Given the person stands at <stage> on serious-mental-illness-and-substance-use since 5 days ago
      And overdose.now is yes now
      When the intake team asks for a recommendation
      Then the person stands at acute-care on serious-mental-illness-and-substance-use
      And follow-up is every 1 day

      Examples:
        | stage              |
        | engagement         |
        | relapse-prevention |
        | recovery-check-ups |
        | medicine-checks    |

  Rule: Medicine checks run beside the stages

    @S1-04 @S2-02
    Scenario: An overdue injection is caught up without leaving the stage
      Given there was a kept contact 2 days ago
      And risperidone is taken
      And antipsychotic.injection_days_overdue is 9 days
      And the person stands at active on serious-mental-illness-and-substance-use since 20 days ago
      And the person stands at medicine-checks on serious-mental-illness-and-substance-use since 20 days ago
      When the intake team asks for a recommendation
      Then the person stands at active on serious-mental-illness-and-substance-use
      And the person stands at check-overdue on serious-mental-illness-and-substance-use
      And follow-up is at most every 3 days
      Given 2 days pass
      And the task check-overdue on serious-mental-illness-and-substance-use is done
      And antipsychotic.injection_days_overdue is 0 days
      And antipsychotic.days_since_metabolic_tests is 40 days
      When the intake team asks for a recommendation
      Then the person stands at medicine-checks on serious-mental-illness-and-substance-use
      And the person stands at active on serious-mental-illness-and-substance-use
