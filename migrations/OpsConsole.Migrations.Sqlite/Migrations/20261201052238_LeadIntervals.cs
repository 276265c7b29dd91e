using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpsConsole.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class LeadIntervals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "delay_high",
                table: "lead_scores",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "delay_low",
                table: "lead_scores",
                type: "REAL",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "delay_high",
                table: "lead_scores");

            migrationBuilder.DropColumn(
                name: "delay_low",
                table: "lead_scores");
        }
    }
}
