using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Intake.Import;
using OpsConsole.Labels;
using OpsConsole.Learning;
using OpsConsole.Live;
using OpsConsole.Measurement;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Operations.Alerts.Delivery;
using OpsConsole.Prediction;
using OpsConsole.Triage;
using OpsConsole.Ui;

namespace OpsConsole;

/// <summary>The tables, room by room: the one list of what the rooms contribute to the database.</summary>
internal static class OpsConsoleModel
{
    internal static void Build(ModelBuilder builder)
    {
        Setting.Map(builder);
        Lease.Map(builder);
        SetAsideRow.Map(builder);
        Alert.Map(builder);
        AlertDelivery.Map(builder);

        Source.Map(builder);
        ApiKey.Map(builder);
        AuditEntry.Map(builder);
        Session.Map(builder);
        SecondFactor.Map(builder);
        RecoveryCode.Map(builder);

        Shipment.Map(builder);
        ShipmentVersion.Map(builder);
        TrackingEvent.Map(builder);
        Condition.Map(builder);
        SupportContact.Map(builder);
        Customer.Map(builder);
        DeliveryImport.Map(builder);
        SavedMapping.Map(builder);
        SourceDay.Map(builder);
        SourceLag.Map(builder);
        SourceField.Map(builder);
        SourceArea.Map(builder);
        SourceRejection.Map(builder);
        SourceWaiting.Map(builder);
        Feed.Map(builder);
        FeedHour.Map(builder);
        FeedSilence.Map(builder);

        ModelVersion.Map(builder);
        StoredPrediction.Map(builder);

        Case.Map(builder);

        RulesTerm.Map(builder);

        Tally.Map(builder);
        Backtest.Map(builder);
        ThresholdProposal.Map(builder);
        ChartNote.Map(builder);

        Run.Map(builder);

        BoardRow.Map(builder);

        SavedView.Map(builder);
    }
}
