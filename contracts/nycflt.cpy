      ******************************************************************
      *  NYCFLT: DEPARTURES FROM NEW YORK, BY AIRPORT AND HOUR.        *
      *  RECFM=VB, CODE PAGE 037. AN HOUR (H) AND THE WEATHER IN IT,   *
      *  THEN THE FLIGHTS (F) THAT WERE TO DEPART IN IT.               *
      ******************************************************************
       01  NYCFLT-RECORD.
           05  SEGMENT-ID               PIC X.
           05  HOUR-SEGMENT.
               10  ORIGIN               PIC X(3).
                   88  NEWARK-LIBERTY             VALUE 'EWR'.
                   88  JOHN-F-KENNEDY             VALUE 'JFK'.
                   88  LA-GUARDIA                 VALUE 'LGA'.
               10  HOUR-UTC             PIC 9(10).
               10  TEMPERATURE          PIC S9(3)V99      COMP-3.
               10  DEW-POINT            PIC S9(3)V99      COMP-3.
               10  HUMIDITY             PIC 9(3)V99       COMP-3.
               10  WIND-DIR             PIC 9(3)          COMP-3.
               10  WIND-SPEED                             COMP-2.
               10  WIND-GUST                              COMP-2.
               10  PRECIPITATION        PIC 9V99          COMP-3.
               10  PRESSURE             PIC 9(4)V9        COMP-3.
               10  VISIBILITY           PIC 9(2)V99       COMP-3.
           05  FLIGHT-SEGMENT REDEFINES HOUR-SEGMENT.
      *            CYYDDD: CENTURY SINCE 1900, YEAR, DAY OF THE YEAR.
               10  FLIGHT-DAY           PIC 9(7)          COMP-3.
               10  CARRIER              PIC XX.
               10  FLIGHT-NO            PIC 9(4)          COMP.
               10  TAIL-NO              PIC X(6).
               10  DEST                 PIC X(3).
               10  SCHED-DEP-TIME       PIC 9(4)          COMP-3.
               10  DEP-TIME             PIC 9(4)          COMP-3.
               10  DEP-DELAY            PIC S9(4).
               10  SCHED-ARR-TIME       PIC 9(4)          COMP-3.
               10  ARR-TIME             PIC 9(4)          COMP-3.
               10  ARR-DELAY            PIC S9(4)
                                        SIGN TRAILING SEPARATE.
               10  AIR-TIME             PIC S9(4)         COMP.
               10  DISTANCE             PIC 9(5)V9        COMP-3.
